package portal

import (
	"strconv"
	"time"

	"giahan/licensing"
)

// Names of the portal's services.
const (
	serviceDossier  = "DongBoHoSoMC"
	serviceProgress = "CapNhatTienDoHoSoMC"
)

// dossier announces a case. It carries nobody's name: the portal knows its own user, and the case's code ties the two.
type dossier struct {
	IsUpdating   string `json:"isUpdating"`
	MaHoSo       string `json:"MaHoSo"`
	MaTTHC       string `json:"MaTTHC"`
	MaDonVi      string `json:"MaDonVi"`
	DonViXuLy    string `json:"DonViXuLy"`
	NgayTiepNhan string `json:"NgayTiepNhan"`
	NgayHenTra   string `json:"NgayHenTra"`
	HinhThuc     string `json:"HinhThuc"`
	TrangThai    string `json:"TrangThaiHoSo"`
}

// progress is one step of a case.
type progress struct {
	MaHoSo        string `json:"MaHoSo"`
	NguoiXuLy     string `json:"NguoiXuLy"` // a title, never a person's name
	ChucDanh      string `json:"ChucDanh"`
	ThoiDiemXuLy  string `json:"ThoiDiemXuLy"`
	PhongBanXuLy  string `json:"PhongBanXuLy"`
	NoiDungXuLy   string `json:"NoiDungXuLy"`
	TrangThai     string `json:"TrangThai"`
	NgayBatDau    string `json:"NgayBatDau"`
	NgayKetThucQD string `json:"NgayKetThucTheoQuyDinh"`
}

// online is HinhThuc of a dossier that came over the network.
const online = "1"

func (c *Client) dossier(p licensing.Progress) []dossier {
	return []dossier{{IsUpdating: "false", MaHoSo: p.Case, MaTTHC: p.Procedure, MaDonVi: c.code, DonViXuLy: c.office,
		NgayTiepNhan: stamp(p.SubmittedAt), NgayHenTra: stamp(p.DueAt), HinhThuc: online, TrangThai: strconv.Itoa(int(p.Status))}}
}

func (c *Client) progress(p licensing.Progress) []progress {
	return []progress{{MaHoSo: p.Case, NguoiXuLy: p.By, ChucDanh: p.By, ThoiDiemXuLy: stamp(p.At), PhongBanXuLy: c.office, NoiDungXuLy: p.Content,
		TrangThai: strconv.Itoa(int(p.Status)), NgayBatDau: stamp(p.SubmittedAt), NgayKetThucQD: stamp(p.DueAt)}}
}

// stamp is the portal's form of a time: yyyyMMddHHmmss on the country's clock; empty for none.
func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(licensing.Zone).Format("20060102150405")
}
