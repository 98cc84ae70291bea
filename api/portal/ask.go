package portal

import "huiyin/api/kit"

func (p *Portal) askRoutes(*kit.Group) {}
