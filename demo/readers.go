package demo

import (
	"context"
	"fmt"
	"math"
	"time"
)

// votes lets readers say whether the entry helped, on the days after it was published; most said yes.
func (s *story) votes() {
	published := s.last
	open := s.b.anchor.Sub(published)
	if open < time.Hour {
		return
	}
	for i := range s.r.IntN(8) {
		at := published.Add(time.Duration(s.r.Float64() * float64(open)))
		voter, helpful := fmt.Sprintf("demo:%d:%d", s.index, i), s.r.IntN(10) > 0
		s.steps = append(s.steps, step{at: at, quiet: true, do: func(ctx context.Context) error {
			_, err := s.b.Library.Vote(ctx, voter, s.publication, helpful)
			return err
		}})
	}
}

// favourites is how many entries residents keep.
const favourites = 48

// read counts what was read, more of what stands longer and a lot of a few, and lets some residents keep what others asked.
func (b *builder) read(ctx context.Context) error {
	for _, s := range b.readers {
		age := b.now.Sub(s.last).Hours() / 24
		n := int(math.Exp(s.r.NormFloat64()*0.9) * (6 + 2.2*age))
		for range min(n, 1500) {
			b.Library.CountRead(ctx, s.publication)
		}
	}
	if err := b.Library.FlushReads(ctx); err != nil {
		return err
	}
	for i := range min(favourites, len(b.readers)) {
		who := b.residents.all[(i*i)%min(20, len(b.residents.all))]
		if who.id == 0 {
			continue
		}
		if err := b.Library.Favourite(ctx, who.id, b.readers[i*3%len(b.readers)].publication); err != nil {
			return err
		}
	}
	b.tick("readers")
	return nil
}
