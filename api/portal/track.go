package portal

import "huiyin/api/kit"

func (p *Portal) trackRoutes(*kit.Group) {}
