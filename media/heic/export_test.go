package heic

// For the tests of the outside.
var (
	Bounded      = bounded
	Profile      = profile
	GiveUpRights = giveUpRights
)

// Busy says whether somebody has their turn.
func (c *Converter) Busy() bool { return len(c.turn) > 0 }
