package demo

import (
	"context"
	"slices"

	"huiyin/models"
)

// Password opens every staff account of the demo.
const Password = "Huiyin-demo-2026"

// ResidentPhone is the phone of a resident who has asked several questions; it belongs to nobody.
const ResidentPhone = "19900000001"

// Account is one way into the console, for the sign-in page and for the terminal.
type Account struct {
	Account    string
	Password   string
	Name       string
	Department string
	Roles      []models.Role
}

// shown lists people who between them show every role.
var shown = []string{"zhoumin", "zhaokai", "likezhang", "tangshu", "liwenyuan", "fangheng", "shixitong", "anjing", "yanshen"}

// Accounts lists a few accounts that together show every role, in the order of a case's life.
func Accounts() ([]Account, error) {
	c, err := Load()
	if err != nil {
		return nil, err
	}
	departments := map[string]string{}
	for _, d := range c.Departments {
		departments[d.Key] = d.Name
	}
	var list []Account
	for _, account := range shown {
		i := slices.IndexFunc(c.Staff, func(p Person) bool { return p.Account == account })
		p := c.Staff[i]
		list = append(list, Account{Account: account, Password: Password, Name: p.Name, Department: departments[p.Department], Roles: p.roles()})
	}
	return list, nil
}

func (p Person) roles() []models.Role {
	roles := make([]models.Role, len(p.Roles))
	for i, r := range p.Roles {
		roles[i] = models.Role(r)
	}
	return roles
}

// Codes lets the invented residents sign in while the city is built: every code is right. Only the seeding run may use it.
type Codes struct{}

const code = "246810"

// Issue returns always the same code.
func (Codes) Issue(context.Context, string, string) (string, error) { return code, nil }

// Check accepts everything.
func (Codes) Check(context.Context, string, string, string) error { return nil }

// Quiet takes the live hints and the codes of the seeding run, which nobody waits for.
type Quiet struct{}

// Publish does nothing.
func (Quiet) Publish(context.Context, string) {}

// SendCode does nothing.
func (Quiet) SendCode(context.Context, string, string, string) error { return nil }
