package messages

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"text/template/parse"
)

func (all *Found) templates(root string) error {
	return filepath.WalkDir(filepath.Join(root, "web", "templates"), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".html") {
			return err
		}
		rel, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		ms, bs, err := template(path, rel)
		all.Messages, all.Bare = append(all.Messages, ms...), append(all.Bare, bs...)
		return err
	})
}

var comment = regexp.MustCompile(`(?s)<!--.*?-->`)

// template takes every string with Chinese inside of {{ }} for a message (parts translate their labels themselves), and the first
// argument of t whatever it says.
func template(path, rel string) (found []Message, bare []string, err error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, nil, err
	}
	tree := parse.New(rel)
	tree.Mode = parse.SkipFuncCheck
	set := map[string]*parse.Tree{}
	if _, err := tree.Parse(string(text), "", "", set); err != nil {
		return nil, nil, err
	}
	set[rel] = tree
	where := func(t *parse.Tree, n parse.Node) string {
		at, _ := t.ErrorContext(n)
		name, line, _ := strings.Cut(at, ":")
		line, _, _ = strings.Cut(line, ":")
		return filepath.ToSlash(name) + ":" + line
	}
	for _, t := range set {
		if t.Root == nil {
			continue
		}
		walk(t.Root, func(n parse.Node) {
			switch n := n.(type) {
			case *parse.TextNode:
				if s := WithoutNames(comment.ReplaceAllString(string(n.Text), "")); Han(s) {
					bare = append(bare, fmt.Sprintf("%s: %s", where(t, n), strings.Join(strings.Fields(s), " ")))
				}
			case *parse.StringNode:
				if Han(WithoutNames(n.Text)) {
					found = append(found, Message{n.Text, where(t, n)})
				}
			case *parse.CommandNode:
				if id, ok := translated(n); ok && !Han(id) {
					found = append(found, Message{id, where(t, n)})
				}
			}
		})
	}
	slices.SortFunc(found, func(a, b Message) int { return strings.Compare(a.Where+a.ID, b.Where+b.ID) })
	slices.Sort(bare)
	return found, bare, nil
}

func translated(n *parse.CommandNode) (string, bool) {
	if len(n.Args) < 2 {
		return "", false
	}
	f, ok := n.Args[0].(*parse.IdentifierNode)
	if !ok || f.Ident != "t" && f.Ident != "tn" {
		return "", false
	}
	s, ok := n.Args[1].(*parse.StringNode)
	if !ok {
		return "", false
	}
	return s.Text, true
}

func walk(n parse.Node, visit func(parse.Node)) {
	visit(n)
	branch := func(b *parse.BranchNode) {
		walk(b.Pipe, visit)
		walk(b.List, visit)
		if b.ElseList != nil {
			walk(b.ElseList, visit)
		}
	}
	switch n := n.(type) {
	case *parse.ListNode:
		for _, c := range n.Nodes {
			walk(c, visit)
		}
	case *parse.ActionNode:
		walk(n.Pipe, visit)
	case *parse.PipeNode:
		for _, c := range n.Cmds {
			walk(c, visit)
		}
	case *parse.CommandNode:
		for _, a := range n.Args {
			walk(a, visit)
		}
	case *parse.TemplateNode:
		if n.Pipe != nil {
			walk(n.Pipe, visit)
		}
	case *parse.ChainNode:
		walk(n.Node, visit)
	case *parse.IfNode:
		branch(&n.BranchNode)
	case *parse.RangeNode:
		branch(&n.BranchNode)
	case *parse.WithNode:
		branch(&n.BranchNode)
	}
}
