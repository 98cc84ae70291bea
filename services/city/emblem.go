package city

import (
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"image"
	"image/png"

	_ "golang.org/x/image/webp" // an emblem may come as WebP

	"huiyin/internal/fault"
	"huiyin/models"
)

// Emblem is the city's own picture, a PNG; nil: the built-in one is shown. Version counts every change, also taking it away.
type Emblem struct {
	PNG     []byte
	Version int64
}

// The bounds of an emblem.
const (
	maxEmblem  = 100 << 10 // bytes as it comes in
	leastPixel = 32        // a side
	mostPixel  = 512
)

// Emblem returns the city's own picture; PNG is nil when there is none.
func (s *Service) Emblem(ctx context.Context) (Emblem, error) {
	k, err := s.kept.Get(ctx)
	if err != nil {
		return Emblem{}, err
	}
	return k.emblem, nil
}

// UpdateEmblem takes a PNG or WebP of at most 100 kB, 32 to 512 pixels a side, in place of version, and returns the new
// version; without data the built-in emblem comes back. It needs a system administrator.
func (s *Service) UpdateEmblem(ctx context.Context, actor models.Actor, data []byte, version int64) (int64, error) {
	if err := may(actor, models.SystemAdmin); err != nil {
		return 0, err
	}
	value := ""
	if len(data) > 0 {
		picture, err := redraw(data)
		if err != nil {
			return 0, err
		}
		value = base64.StdEncoding.EncodeToString(picture)
	}
	err := s.db.Tx(ctx, func(ctx context.Context) error {
		k, err := s.load(ctx)
		if err != nil {
			return err
		}
		if k.profile.EmblemVersion != version {
			return stale(k.profile.EmblemVersion, nil, []string{"emblem"})
		}
		return s.write(ctx, actor, groupEmblem, value, version, map[string]any{"own": value != "", "version": version + 1})
	})
	if err != nil {
		return 0, err
	}
	return version + 1, nil
}

// redraw decodes the picture and writes it anew, so that nothing but its pixels is kept.
func redraw(data []byte) ([]byte, error) {
	var wrong fault.Fields
	if len(data) > maxEmblem {
		wrong.Add("emblem", "图片太大：最多 %[1]d KB。", maxEmblem>>10)
		return nil, wrong.Err()
	}
	size, format, err := image.DecodeConfig(bytes.NewReader(data))
	if err != nil || format != "png" && format != "webp" {
		wrong.Add("emblem", "请上传 PNG 或 WebP 图片。")
		return nil, wrong.Err()
	}
	if min(size.Width, size.Height) < leastPixel || max(size.Width, size.Height) > mostPixel {
		wrong.Add("emblem", "图片的宽和高应在 %[1]d 到 %[2]d 像素之间。", leastPixel, mostPixel)
		return nil, wrong.Err()
	}
	picture, _, err := image.Decode(bytes.NewReader(data))
	if err != nil {
		wrong.Add("emblem", "图片打不开，可能已损坏，请换一张。")
		return nil, wrong.Err()
	}
	var out bytes.Buffer
	if err := png.Encode(&out, picture); err != nil {
		return nil, fmt.Errorf("emblem: %w", err)
	}
	return out.Bytes(), nil
}

// loadEmblem reads the picture only when it is another one than before.
func (s *Service) loadEmblem(ctx context.Context, now, before *snapshot) error {
	version := now.profile.EmblemVersion
	if version == 0 {
		return nil
	}
	if before != nil && before.emblem.Version == version {
		now.emblem, now.profile.HasEmblem = before.emblem, before.profile.HasEmblem
		return nil
	}
	value, err := s.value(ctx, groupEmblem)
	if err != nil {
		return err
	}
	now.emblem.Version = version
	if value != "" {
		now.profile.HasEmblem = true
		now.emblem.PNG, err = base64.StdEncoding.DecodeString(value)
	}
	return err
}
