package resident

import (
	"encoding/json"

	"giahan/licensing"
	"giahan/media"
)

// judgement is what the browser's script needs to look at a picture before it is sent: the server's own thresholds, so that both
// say the same, and the sentences.
type judgement struct {
	Portrait   bool                     `json:"portrait"`
	Side       int                      `json:"side"`
	Most       int                      `json:"most"` // of several pages
	Quality    float64                  `json:"quality"`
	Thresholds media.Thresholds         `json:"thresholds"`
	Hints      map[media.Verdict]string `json:"hints"`
	Words      map[string]string        `json:"words"`
	Tries      int                      `json:"tries"` // how many pictures that could be better came before
}

func (p photoPage) judge() string {
	j := judgement{
		Portrait: p.Item == licensing.ItemPortrait, Side: media.SentSide, Most: media.SentMost, Quality: media.SentQuality / 100.0, Thresholds: media.Advice,
		Hints: map[media.Verdict]string{},
		Words: map[string]string{"preview": p.T("photo.preview"), "good": p.T("photo.good"), "unseen": p.T("photo.unseen"), "foreign": p.T("error_file_type"), "anyway": p.T("photo.anyway"), "another": p.T("photo.another")},
	}
	if len(p.advice()) > 0 {
		j.Tries = 1
	}
	for _, v := range media.Verdicts {
		j.Hints[v] = p.hintOf(v)
	}
	b, err := json.Marshal(j)
	if err != nil {
		return "" // numbers and words always become JSON
	}
	return string(b)
}
