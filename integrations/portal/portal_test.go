package portal_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"giahan/integrations/partnersim"
	"giahan/integrations/portal"
	"giahan/integrations/portal/syncsim"
	"giahan/licensing"
)

const (
	secret = "a secret of two houses"
	code   = "H27.12-261123-0001"
)

var noon = time.Date(2026, 11, 23, 5, 0, 0, 0, time.UTC)

func open(t *testing.T, dir string) (*syncsim.Sim, *portal.Client) {
	t.Helper()
	sim, err := syncsim.New(syncsim.Options{Options: partnersim.Options{Secret: []byte(secret), Dir: dir}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(sim.Close)
	addr, stop, err := partnersim.Listen("/sync", sim)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(stop)
	return sim, portal.New(portal.Config{BaseURL: addr, Secret: []byte(secret), OfficeCode: "H27.12", OfficeName: "Sở Giao thông vận tải Hà Tĩnh", Timeout: 5 * time.Second})
}

func line(seq int, s licensing.NationalStatus) licensing.Progress {
	return licensing.Progress{Case: code, Seq: seq, Status: s, At: noon.Add(time.Duration(seq) * time.Minute), By: "Cán bộ thẩm định",
		Content: "Đang xử lý", Procedure: "3.000347", SubmittedAt: noon, DueAt: noon.Add(100 * time.Hour)}
}

func push(t *testing.T, c *portal.Client, seq int, s licensing.NationalStatus) error {
	t.Helper()
	return c.Push(context.Background(), fmt.Sprintf("sync/1/%d", seq), line(seq, s))
}

func statuses(t *testing.T, sim *syncsim.Sim) (list []string) {
	t.Helper()
	d, _ := sim.Dossier(code)
	for _, s := range d.Steps {
		list = append(list, s.Status)
	}
	return list
}

func TestTheWholeRoad(t *testing.T) {
	sim, c := open(t, "")
	want := []string{"1", "6", "6", "1", "2", "4", "5", "4", "4", "9", "9", "10"}
	for i, s := range []licensing.NationalStatus{1, 6, 6, 1, 2, 4, 5, 4, 4, 9, 9, 10} {
		if err := push(t, c, i+1, s); err != nil {
			t.Fatalf("line %d: %v", i+1, err)
		}
	}
	if got := statuses(t, sim); !slices.Equal(got, want) {
		t.Errorf("portal knows %v, want %v", got, want)
	}
	d, _ := sim.Dossier(code)
	if d.Procedure != "3.000347" || d.Steps[0].At != "20261123120100" { // 05:01 in London is 12:01 in Hà Tĩnh
		t.Errorf("%+v", d)
	}
}

func TestEachTransitionOfTheDomainIsTaken(t *testing.T) {
	for _, tr := range licensing.Transitions {
		from, to := tr.From.National(), tr.To.National()
		if from == 0 || to == 0 {
			continue
		}
		if !syncsim.Allows(int(from), int(to)) {
			t.Errorf("%s -%s-> %s: the portal refuses %d -> %d", tr.From, tr.Event, tr.To, from, to)
		}
	}
}

func TestRepeatsAreHeardOnce(t *testing.T) {
	dir := t.TempDir()
	sim, c := open(t, dir)
	for _, f := range []partnersim.Fault{partnersim.FailAfterWork, partnersim.Cut, partnersim.Garbage} {
		if err := push(t, c, 1, 1); err != nil && !errors.Is(err, licensing.ErrPartnerDown) {
			t.Fatal(err)
		}
		sim.Next(f)
	}
	sim.Next(partnersim.None)
	if err := push(t, c, 1, 1); err != nil && !errors.Is(err, licensing.ErrPartnerDown) {
		t.Fatal(err)
	}
	sim.Close()
	again, c := open(t, dir)
	if err := push(t, c, 1, 1); err != nil {
		t.Fatal(err)
	}
	if got := statuses(t, again); !slices.Equal(got, []string{"1"}) {
		t.Errorf("portal knows %v", got)
	}
}

// Several jobs of one case may tell the same lines at once; the portal hears each once and none is refused.
func TestManyTellersOneStory(t *testing.T) {
	sim, c := open(t, "")
	var all sync.WaitGroup
	for range 6 {
		all.Go(func() {
			for i, s := range []licensing.NationalStatus{1, 6, 1, 2, 4, 9, 10} {
				if err := push(t, c, i+1, s); err != nil {
					t.Errorf("line %d: %v", i+1, err)
				}
			}
		})
	}
	all.Wait()
	if got := statuses(t, sim); !slices.Equal(got, []string{"1", "6", "1", "2", "4", "9", "10"}) {
		t.Errorf("portal knows %v", got)
	}
	if d, _ := sim.Dossier(code); len(d.Refused) > 0 {
		t.Errorf("refused %v", d.Refused)
	}
}

func TestOutOfOrderWaitsAndLateIsRefused(t *testing.T) {
	sim, c := open(t, "")
	if err := push(t, c, 5, 4); !errors.Is(err, licensing.ErrPartnerDown) {
		t.Errorf("a later line before the first: %v", err)
	}
	if _, ok := sim.Dossier(code); ok {
		t.Error("a later line began the dossier")
	}
	if err := push(t, c, 1, 1); err != nil {
		t.Fatal(err)
	}
	if err := push(t, c, 5, 9); !errors.Is(err, licensing.ErrPartnerDown) {
		t.Errorf("1 -> 9: %v", err)
	}
	if err := push(t, c, 2, 2); err != nil {
		t.Fatal(err)
	}
	early := line(1, 4)
	if err := c.Push(context.Background(), "sync/1/early", early); err == nil {
		t.Error("a line from before the last one was taken")
	}
	if err := push(t, c, 3, 11); !errors.Is(err, licensing.ErrPartnerRefused) {
		t.Errorf("code 11: %v", err)
	}
	if got := statuses(t, sim); !slices.Equal(got, []string{"1", "2"}) {
		t.Errorf("portal knows %v", got)
	}
}

func TestSessionEndsAndHouseCloses(t *testing.T) {
	sim, c := open(t, "")
	if err := push(t, c, 1, 1); err != nil {
		t.Fatal(err)
	}
	sim.Forget()
	if err := push(t, c, 2, 2); err != nil {
		t.Errorf("after the session ended: %v", err)
	}
	sim.Off()
	if err := push(t, c, 3, 4); !errors.Is(err, licensing.ErrPartnerDown) {
		t.Errorf("closed: %v", err)
	}
	sim.On()
	if err := push(t, c, 3, 4); err != nil {
		t.Errorf("open again: %v", err)
	}
}

func TestStatusShowsWhereCasesStand(t *testing.T) {
	sim, c := open(t, "")
	for range 2 {
		if err := push(t, c, 1, 1); err != nil {
			t.Fatal(err)
		}
	}
	if m := sim.Status(); m["dossiers"] != 1 || m["cases"].(map[string]string)[code] != "1" || sim.Repeats() != 1 {
		t.Errorf("%v, %d repeats", m, sim.Repeats())
	}
}
