package portal

import "huiyin/api/kit"

func (p *Portal) meRoutes(*kit.Group) {}
