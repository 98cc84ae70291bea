// Command catalog compares the messages of the source with web/locales/en.po: it lists those without an entry and the entries that
// nothing uses. With -write it adds the missing ones, empty, at the end of the file; the house rules fail until they are translated.
// zh-CN.po needs nothing: a msgid is the Chinese text.
package main

import (
	"flag"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"strings"

	"huiyin/test/messages"
	"huiyin/test/testenv"
)

func main() {
	log.SetFlags(0)
	write := flag.Bool("write", false, "add what is missing to en.po")
	flag.Parse()
	root, err := testenv.FindRoot()
	if err != nil {
		log.Fatal(err)
	}
	found, err := messages.Find(root)
	if err != nil {
		log.Fatal(err)
	}
	po := filepath.Join(root, "web", "locales", "en.po")
	entries, err := messages.ReadPO(po)
	if err != nil {
		log.Fatal(err)
	}
	known, used := map[string]bool{}, map[string]bool{}
	for _, e := range entries {
		known[e.ID] = true
	}
	var b strings.Builder
	for _, m := range found.Messages {
		used[m.ID] = true
		if !known[m.ID] {
			fmt.Printf("missing: %s  %s\n", m.Where, m.ID)
			fmt.Fprintf(&b, "\n#: %s\nmsgid %s\nmsgstr \"\"\n", m.Where, quote(m.ID))
		}
	}
	for _, e := range entries {
		if !used[e.ID] && !found.Literals[e.ID] {
			fmt.Printf("unused: en.po:%d  %s\n", e.Line, e.ID)
		}
	}
	for _, s := range found.Bare {
		fmt.Println("outside of {{t}}:", s)
	}
	if *write && b.Len() > 0 {
		if err := appendTo(po, b.String()); err != nil {
			log.Fatal(err)
		}
	}
}

func appendTo(path, text string) error {
	f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	if _, err := f.WriteString(text); err != nil {
		_ = f.Close()
		return err
	}
	return f.Close()
}

// quote writes a PO string: Han text stays readable.
func quote(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`, "\t", `\t`).Replace(s) + `"`
}
