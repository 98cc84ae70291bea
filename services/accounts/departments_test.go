package accounts_test

import (
	"context"
	"errors"
	"testing"

	"huiyin/models"
	"huiyin/services/accounts"
)

// What a transaction saw of the tree and did not commit is gone with it.
func TestATreeThatIsNotCommittedIsNotKept(t *testing.T) {
	each(t, func(t *testing.T, e env) {
		undone := errors.New("undone")
		err := e.db.Tx(t.Context(), func(ctx context.Context) error {
			if _, err := e.CreateDepartment(ctx, models.System(), accounts.DepartmentInput{Level: models.County, Name: "邻县"}); err != nil {
				return err
			}
			if n := len(must[*accounts.Tree](t)(e.Departments(ctx)).All()); n != 1 {
				t.Errorf("the transaction itself sees %d", n)
			}
			return undone
		})
		if !errors.Is(err, undone) {
			t.Fatal(err)
		}
		if n := len(must[*accounts.Tree](t)(e.Departments(t.Context())).All()); n != 0 {
			t.Errorf("%d departments that never were", n)
		}
	})
}
