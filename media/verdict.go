package media

// Verdict is advice about a picture: shown to the person, kept as evidence for the officer, never a refusal by itself.
type Verdict string

// The verdicts; each has a hint in the catalogue (hint_blurred, hint_dark, …).
const (
	Blurred         Verdict = "blurred"
	Dark            Verdict = "dark"
	Glare           Verdict = "glare"
	TooSmall        Verdict = "too_small"
	Proportion      Verdict = "proportion"
	WrongBackground Verdict = "background"
	HeadTooSmall    Verdict = "head_too_small"
	SeveralFaces    Verdict = "several_faces"
	NoFace          Verdict = "no_face"
	MorePages       Verdict = "more_pages" // a scan has pages that are not kept; no measure of the picture, so Judge does not give it
)

// Verdicts are all of them, in the order in which Judge gives them.
var Verdicts = []Verdict{Dark, Glare, Blurred, TooSmall, Proportion, WrongBackground, SeveralFaces, NoFace, HeadTooSmall}

// Thresholds are the numbers that verdicts stand on. There is one table of them, Advice: the server judges by it, and the page
// hands it to the browser as JSON, so that a phone says the same before anything is sent.
type Thresholds struct {
	// Everything about light and sharpness is measured on a copy of the part that counts, at most so many pixels a side.
	JudgedSide int `json:"judgedSide"`

	// Variance of the Laplacian of luminance; it falls 99, 78, 48, 17, 5 for a blur of sigma 0, 1, 2, 4, 8.
	Sharp float64 `json:"sharp"`
	// Mean luminance, 0 to 255: about 40 in a dark picture, 165 in a normal one, 243 in glare.
	Dark   float64 `json:"dark"`
	Bright float64 `json:"bright"`
	// White paper is bright by nature. On a certificate brightness counts only where the sheet shows no writing (standard
	// deviation of luminance), and a lamp's reflection by the share of blown pixels: more than BlownMost is white paper, as in a scan.
	Flat      float64 `json:"flat"`
	Blown     float64 `json:"blown"` // luminance from which a pixel shows nothing any more
	BlownFrom float64 `json:"blownFrom"`
	BlownMost float64 `json:"blownMost"`

	// A print of 3 x 4 cm at 300 dots per inch, and a sheet of A4 at 80: below it the small print is lost. Pixels.
	PrintWidth      int `json:"printWidth"`
	PrintHeight     int `json:"printHeight"`
	CertificateSide int `json:"certificateSide"`

	// How long a sheet of A4 is, in hundredths of its width. A paper that is longer has several pages one under the other, and each of them
	// counts as a sheet alone would.
	SheetLong int `json:"sheetLong"`

	// Width by height of a portrait as sent; outside of it the frame of 3 x 4 throws most of the picture away.
	Narrow float64 `json:"narrow"`
	Wide   float64 `json:"wide"`

	// Where a portrait's background shows: the strip above the head and both sides above the shoulders, as parts of the frame,
	// and which share of it has to be blue; hair and a shadow may take the rest (a blue background: domain.md 9, photo rules).
	StripTop    float64 `json:"stripTop"`
	StripSide   float64 `json:"stripSide"`
	SidesDownTo float64 `json:"sidesDownTo"`
	BlueShare   float64 `json:"blueShare"`
	// Blue is a wide band of HSV, from sky to navy: phones shift colours, and an officer looks at it anyway.
	HueFrom    float64 `json:"hueFrom"` // degrees
	HueTo      float64 `json:"hueTo"`
	Saturation float64 `json:"saturation"` // 0 to 1
	Value      float64 `json:"value"`      // 0 to 255

	// From which score on something is a face (pigo's own advice), and how large beside the largest face another one has to be
	// before it is a second person rather than a picture on the wall. The score is pigo's own; a browser's finder has none.
	FaceScore   float64 `json:"-"`
	SecondFace  float64 `json:"secondFace"`
	HeadHighest float64 `json:"headHighest"` // head by frame height, ISO/IEC 19794-5 full frontal; the frame closes in on a small head
	EyesHighest float64 `json:"eyesHighest"` // eye line by frame height, from above, the same
	EyesLowest  float64 `json:"eyesLowest"`
	OffCentre   float64 `json:"offCentre"` // face's centre from the middle by frame width, the same
}

// Advice is the one table.
var Advice = Thresholds{
	JudgedSide: 320,
	Sharp:      25, Dark: 55, Bright: 235,
	Flat: 12, Blown: 250, BlownFrom: 0.06, BlownMost: 0.35,
	PrintWidth: 354, PrintHeight: 472, CertificateSide: 900, SheetLong: 142,
	Narrow: 0.5, Wide: 1,
	StripTop: 0.08, StripSide: 0.08, SidesDownTo: 0.45, BlueShare: 0.6,
	HueFrom: 185, HueTo: 260, Saturation: 0.18, Value: 50,
	FaceScore: 5, SecondFace: 0.5,
	HeadHighest: 0.9, EyesHighest: 0.3, EyesLowest: 0.5, OffCentre: 0.05,
}

// Measures is what was measured on an upright picture.
type Measures struct {
	Width, Height int     // of the whole picture as sent, pixels
	Sharpness     float64 // variance of the Laplacian
	Mean          float64 // luminance, 0 to 255
	Deviation     float64 // of luminance
	Blown         float64 // share of pixels at or above Thresholds.Blown
	Portrait      *Head   // nil for other kinds
}

// Head is what was measured of a portrait.
type Head struct {
	Blue       float64 // share of blue where the background shows
	FrameWidth int     // pixels of the picture as sent that the printed frame is wide
	Faces      int
	// Where the largest face lies in its frame; zero where there is none.
	Length, Eyes, OffCentre float64 // parts of the frame's height, height and width
}

// Judge gives the advice that the measures call for. What cannot be seen in bad light is not judged: one cause, one sentence.
func (t Thresholds) Judge(m Measures) []Verdict {
	verdicts := []Verdict{}
	say := func(v Verdict, is bool) bool {
		if is {
			verdicts = append(verdicts, v)
		}
		return is
	}
	dark := say(Dark, m.Mean < t.Dark)
	glare := say(Glare, t.glare(m))
	blurred := !dark && !glare && say(Blurred, m.Sharpness < t.Sharp)
	small := say(TooSmall, t.small(m))
	p := m.Portrait
	if p == nil {
		return verdicts
	}
	say(Proportion, t.badFrame(m))
	if dark || glare {
		return verdicts
	}
	say(WrongBackground, p.Blue < t.BlueShare)
	say(SeveralFaces, p.Faces > 1)
	say(NoFace, p.Faces == 0 && !blurred)
	say(HeadTooSmall, p.Faces > 0 && !small && p.FrameWidth < t.PrintWidth)
	return verdicts
}

func (t Thresholds) glare(m Measures) bool {
	if m.Portrait != nil {
		return m.Mean > t.Bright
	}
	return m.Mean > t.Bright && m.Deviation < t.Flat || m.Blown > t.BlownFrom && m.Blown <= t.BlownMost
}

func (t Thresholds) small(m Measures) bool {
	if m.Portrait != nil {
		return m.Width < t.PrintWidth || m.Height < t.PrintHeight
	}
	long, short := max(m.Width, m.Height), min(m.Width, m.Height)
	return min(long, short*t.SheetLong/100) < t.CertificateSide
}

// badFrame says that no frame of 3 x 4 can be laid around the head as the published geometry asks, or that the picture lies.
func (t Thresholds) badFrame(m Measures) bool {
	if shape := float64(m.Width) / float64(m.Height); shape < t.Narrow || shape > t.Wide {
		return true
	}
	p := m.Portrait
	return p.Faces > 0 && (p.Length > t.HeadHighest ||
		p.Eyes < t.EyesHighest || p.Eyes > t.EyesLowest || p.OffCentre > t.OffCentre)
}
