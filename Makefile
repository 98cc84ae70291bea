# Huiyin: the few commands. `make` alone lists them.
export CGO_ENABLED = 0

GOLANGCI = github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0

.PHONY: help run build test lint bench dev catalog pictures

help: ## list the commands
	@sed -n 's/^\([a-z]*\):.*## /  make \1	/p' $(MAKEFILE_LIST)

run: build ## build and serve http://127.0.0.1:8080 with the demo city
	./bin/huiyin serve

build: ## build bin/huiyin
	@[ -x bin/huiyin ] || echo "Building. The first time takes a minute or two."
	go build -o bin/huiyin .

test: ## set up what is missing and run every test
	@test/run.sh

lint: ## gofmt, go vet, golangci-lint and the import rules
	@test -z "$$(gofmt -l $$(git ls-files -co --exclude-standard '*.go'))" || { echo "gofmt -w needed:"; gofmt -l $$(git ls-files -co --exclude-standard '*.go'); exit 1; }
	go vet ./...
	go run $(GOLANGCI) run ./...
	go test -count=1 -run 'TestImport' ./test/house

bench: build ## measure load and scale (docs/performance.md says how to read it)
	go run ./bench

dev: ## serve, and restart when a file changes
	go run ./test/dev

catalog: ## add missing message ids to web/locales and list those no longer used
	go run ./test/catalog -write

pictures: ## take the README's pictures anew
	HUIYIN_SHOTS=$(CURDIR)/docs/images test/run.sh ./test/story -run '^TestReadme$$'
