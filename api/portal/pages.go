package portal

import "huiyin/api/kit"

func (p *Portal) pageRoutes(*kit.Group) {}
