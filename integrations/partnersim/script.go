package partnersim

import "sync"

// Fault is what a simulator does wrong to one message.
type Fault string

// The faults of a message, and one of callbacks.
const (
	None          Fault = ""
	Refuse        Fault = "refuse"          // 422, nothing done
	FailAfterWork Fault = "fail after work" // done, but the answer is 500
	Garbage       Fault = "garbage"         // done, but the answer cannot be read
	Silent        Fault = "silent"          // done, but no answer comes until the caller gives up
	Cut           Fault = "cut"             // done, but the line is cut before the answer
	Duplicate     Fault = "duplicate"       // each callback comes three times
)

// Faults are all of them, in the order in which the console shows them.
var Faults = []Fault{None, Refuse, FailAfterWork, Garbage, Silent, Cut, Duplicate}

// Script is the list of what goes wrong next.
type Script struct {
	mu     sync.Mutex
	next   []Fault
	always Fault
}

// Next gives the coming messages one fault each (None: that one goes well).
func (s *Script) Next(f ...Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.next = append(s.next, f...)
}

// Always gives every message the fault, after those of Next; None ends it.
func (s *Script) Always(f Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.always = f
}

// Fault is what Always set.
func (s *Script) Fault() Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.always
}

func (s *Script) take() Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.next) == 0 {
		return s.always
	}
	f := s.next[0]
	s.next = s.next[1:]
	return f
}
