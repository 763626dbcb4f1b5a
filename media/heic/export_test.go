package heic

// For the tests of the outside.
var (
	Bounded      = bounded
	Profile      = profile
	GiveUpRights = giveUpRights
)
