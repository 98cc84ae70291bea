package portal

import "huiyin/api/kit"

func (p *Portal) libraryRoutes(*kit.Group) {}
