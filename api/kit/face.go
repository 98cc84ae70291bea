package kit

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"github.com/gin-gonic/gin"

	"huiyin/services/city"
)

func faceOf(p city.Profile, locale string) PageCity {
	face := PageCity{Name: p.Name(locale), SiteName: p.Site(locale), Footer: p.Foot(locale), Phone: p.Phone, ICP: p.ICP}
	if p.Color != "" && p.Color != city.DefaultProfile().Color {
		face.ColorCSSHash = short(p.Color)
	}
	if p.EmblemVersion > 0 {
		face.EmblemURL = fmt.Sprintf("/assets/emblem.png?v=%d", p.EmblemVersion)
	}
	return face
}

func short(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:4])
}

// madeAsset answers the two assets that come from settings; the city's colour is validated where it is set.
func (k *Kit) madeAsset(gc *gin.Context, name string) (asset, bool) {
	ctx := gc.Request.Context()
	switch name {
	case "city.css":
		p, err := k.City.Profile(ctx)
		if err != nil {
			return asset{}, false
		}
		return asset{mime: "text/css; charset=utf-8", plain: []byte(":root{--hy-blue:" + p.Color + "}\n")}, true
	case "emblem.png":
		e, err := k.City.Emblem(ctx)
		if err != nil || e.PNG == nil {
			return asset{}, false
		}
		return asset{mime: "image/png", plain: e.PNG}, true
	}
	return asset{}, false
}
