package portal

import (
	"encoding/json"
	"encoding/xml"
	"html"
	"net/http"
	"strings"
	"time"

	"github.com/gorilla/feeds"

	"huiyin/api/kit"
	"huiyin/internal/i18n"
	"huiyin/services/library"
)

// feedLength is how many entries a feed holds.
const feedLength = 30

// absolute is an address as others must write it.
func (p *Portal) absolute(c *kit.Ctx, path string) string {
	return strings.TrimSuffix(c.Kit.BaseURL, "/") + path
}

// feed is the newest entries of a topic and a department. Entries are in Chinese whoever reads, so is the feed's title.
func (p *Portal) feed(c *kit.Ctx) (*feeds.Feed, listing, error) {
	var in listingInput
	if err := c.Bind(&in); err != nil {
		return nil, listing{}, err
	}
	n, err := p.names(c)
	if err != nil {
		return nil, listing{}, err
	}
	l, wrong := listingOf(listingInput{Topic: in.Topic, Dept: in.Dept}, n)
	if wrong != nil { // a feed of everything is not what was subscribed to
		return nil, l, kit.NotFound()
	}
	n.locale = i18n.Source
	got, err := p.Library.Feed(c.Request.Context(), l.filter(n, c.Zone), feedLength)
	if err != nil {
		return nil, l, err
	}
	profile, err := p.City.Profile(c.Request.Context())
	if err != nil {
		return nil, l, err
	}
	words := c.Kit.Catalogs.For(i18n.Source)
	title := []string{words.T(i18n.N("公开库"))}
	for _, s := range []string{n.topic(l.Topic), n.department(l.Dept)} {
		if s != "" {
			title = append(title, s)
		}
	}
	if got.Updated.IsZero() {
		got.Updated = time.Unix(0, 0) // a feed must say when; it has never held anything
	}
	f := &feeds.Feed{
		Title: strings.Join(append(title, profile.SiteName), " · "), Link: &feeds.Link{Href: p.absolute(c, l.href()), Rel: "alternate"},
		Author: &feeds.Author{Name: profile.SiteName}, Updated: got.Updated.UTC(),
	}
	for _, e := range got.Entries {
		f.Items = append(f.Items, p.feedItem(c, n, e))
	}
	c.Header("Last-Modified", f.Updated.Format(http.TimeFormat))
	return f, l, nil
}

func (p *Portal) feedItem(c *kit.Ctx, n names, e library.Entry) *feeds.Item {
	words := c.Kit.Catalogs.For(i18n.Source)
	address := p.absolute(c, entryPath(e.ID))
	return &feeds.Item{
		Id: address, Link: &feeds.Link{Href: address}, Title: e.Title, Created: e.PublishedAt.UTC(), Updated: e.UpdatedAt.UTC(),
		Author:  &feeds.Author{Name: n.department(e.DepartmentID)},
		Content: paragraphs(words.T(i18n.N("问")), e.Question) + paragraphs(words.T(i18n.N("答")), e.Answer),
	}
}

func paragraphs(head, text string) string {
	var b strings.Builder
	b.WriteString("<h2>" + html.EscapeString(head) + "</h2>")
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" {
			b.WriteString("<p>" + html.EscapeString(line) + "</p>")
		}
	}
	return b.String()
}

// atomFeed is the library's Atom feed, with the link to itself that the format asks for.
func (p *Portal) atomFeed(c *kit.Ctx) error {
	f, l, err := p.feed(c)
	if err != nil {
		return err
	}
	atom := struct {
		*feeds.AtomFeed
		Lang string `xml:"xml:lang,attr"`
		Self feeds.AtomLink
	}{(&feeds.Atom{Feed: f}).AtomFeed(), i18n.Source, feeds.AtomLink{Href: p.absolute(c, l.Feed("atom")), Rel: "self", Type: "application/atom+xml"}}
	for i, e := range atom.Entries {
		e.Published = f.Items[i].Created.Format(time.RFC3339)
	}
	return sendXML(c, "application/atom+xml; charset=utf-8", atom)
}

func sendXML(c *kit.Ctx, mime string, v any) error {
	body, err := xml.MarshalIndent(v, "", " ")
	if err != nil {
		return err
	}
	c.Data(http.StatusOK, mime, append([]byte(xml.Header), body...))
	return nil
}

// jsonFeed is the same as a JSON Feed 1.1.
func (p *Portal) jsonFeed(c *kit.Ctx) error {
	f, l, err := p.feed(c)
	if err != nil {
		return err
	}
	out := (&feeds.JSON{Feed: f}).JSONFeed()
	out.Language, out.FeedUrl = i18n.Source, p.absolute(c, l.Feed("json"))
	out.Author, out.Authors = nil, []*feeds.JSONAuthor{{Name: f.Author.Name}}
	for i, item := range out.Items {
		item.Author, item.Authors = nil, []*feeds.JSONAuthor{{Name: f.Items[i].Author.Name}}
	}
	body, err := json.MarshalIndent(out, "", " ")
	if err != nil {
		return err
	}
	c.Data(http.StatusOK, "application/feed+json; charset=utf-8", body)
	return nil
}
