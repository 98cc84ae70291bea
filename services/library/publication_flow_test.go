package library_test

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"huiyin/models"
	"huiyin/services/library"
)

var update = flag.Bool("update", false, "write the golden files anew")

// The golden file is the whole table: status × action × actor × whether something is undecided.
func TestFlow(t *testing.T) {
	actors := []struct {
		name  string
		actor models.Actor
	}{
		{"preparer", models.Actor{Kind: models.StaffActor, ID: 1}},
		{"colleague", models.Actor{Kind: models.StaffActor, ID: 2}},
		{"program", models.System()},
	}
	var lines []string
	for _, status := range []models.PublicationStatus{"", models.PublicationDraft, models.PublicationReady, models.Published, models.Unpublished} {
		for _, action := range library.Actions {
			for _, a := range actors {
				line := fmt.Sprintf("%-12s %-9s %-10s", orNone(status), action, a.name)
				for undecided := range 2 {
					word := "yes"
					if no := library.Refusal(action, models.Publication{Status: status, PreparedBy: 1}, a.actor, undecided); no != nil {
						word = no.Reason
					}
					line += fmt.Sprintf(" %d undecided: %-11s", undecided, word)
				}
				lines = append(lines, strings.TrimRight(line, " ")+"\n")
			}
		}
	}
	const golden = "testdata/publication_flow.golden"
	got := strings.Join(lines, "")
	if *update {
		if err := os.WriteFile(golden, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("the flow is not what %s says (go test -update writes it anew):\n%s", golden, got)
	}
}

func orNone(s models.PublicationStatus) string {
	if s == "" {
		return "(none)"
	}
	return string(s)
}
