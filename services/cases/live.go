package cases

import "strconv"

// CaseTopic is the live topic of one case's pages.
func CaseTopic(number string) string { return "case:" + number }

// DepartmentTopic is the live topic of a department's inboxes.
func DepartmentTopic(id int64) string { return "department:" + strconv.FormatInt(id, 10) }
