package licensing

// Commune is a commune, ward or special zone of Hà Tĩnh since 2025-07-01 (QD 19/2025/QD-TTg): code and name.
type Commune struct{ Code, Name string }

// Province is the province of every commune here.
const Province = "Tỉnh Hà Tĩnh"

// Communes are the 69 units of Hà Tĩnh, in the order of their codes.
var Communes = []Commune{
	{"18073", "Phường Thành Sen"},
	{"18100", "Phường Trần Phú"},
	{"18115", "Phường Bắc Hồng Lĩnh"},
	{"18118", "Phường Nam Hồng Lĩnh"},
	{"18133", "Xã Hương Sơn"},
	{"18160", "Xã Sơn Hồng"},
	{"18163", "Xã Sơn Tiến"},
	{"18172", "Xã Sơn Tây"},
	{"18184", "Xã Sơn Giang"},
	{"18196", "Xã Sơn Kim 1"},
	{"18199", "Xã Sơn Kim 2"},
	{"18202", "Xã Tứ Mỹ"},
	{"18223", "Xã Kim Hoa"},
	{"18229", "Xã Đức Thọ"},
	{"18244", "Xã Đức Minh"},
	{"18262", "Xã Đức Quang"},
	{"18277", "Xã Đức Thịnh"},
	{"18304", "Xã Đức Đồng"},
	{"18313", "Xã Vũ Quang"},
	{"18322", "Xã Mai Hoa"},
	{"18328", "Xã Thượng Đức"},
	{"18352", "Xã Nghi Xuân"},
	{"18364", "Xã Đan Hải"},
	{"18373", "Xã Tiên Điền"},
	{"18394", "Xã Cổ Đạm"},
	{"18406", "Xã Can Lộc"},
	{"18409", "Xã Hồng Lộc"},
	{"18418", "Xã Tùng Lộc"},
	{"18436", "Xã Trường Lưu"},
	{"18466", "Xã Gia Hanh"},
	{"18481", "Xã Xuân Lộc"},
	{"18484", "Xã Đồng Lộc"},
	{"18496", "Xã Hương Khê"},
	{"18502", "Xã Hà Linh"},
	{"18523", "Xã Hương Bình"},
	{"18532", "Xã Hương Phố"},
	{"18544", "Xã Hương Xuân"},
	{"18547", "Xã Phúc Trạch"},
	{"18550", "Xã Hương Đô"},
	{"18562", "Xã Thạch Hà"},
	{"18568", "Xã Lộc Hà"},
	{"18583", "Xã Mai Phụ"},
	{"18586", "Xã Đông Kinh"},
	{"18601", "Xã Việt Xuyên"},
	{"18604", "Xã Thạch Khê"},
	{"18619", "Xã Đồng Tiến"},
	{"18628", "Xã Thạch Lạc"},
	{"18634", "Xã Toàn Lưu"},
	{"18652", "Phường Hà Huy Tập"},
	{"18667", "Xã Thạch Xuân"},
	{"18673", "Xã Cẩm Xuyên"},
	{"18676", "Xã Thiên Cầm"},
	{"18682", "Xã Yên Hòa"},
	{"18685", "Xã Cẩm Bình"},
	{"18736", "Xã Cẩm Hưng"},
	{"18739", "Xã Cẩm Duệ"},
	{"18742", "Xã Cẩm Trung"},
	{"18748", "Xã Cẩm Lạc"},
	{"18754", "Phường Sông Trí"},
	{"18766", "Xã Kỳ Xuân"},
	{"18775", "Xã Kỳ Anh"},
	{"18781", "Phường Hải Ninh"},
	{"18787", "Xã Kỳ Văn"},
	{"18790", "Xã Kỳ Khang"},
	{"18814", "Xã Kỳ Hoa"},
	{"18823", "Phường Vũng Áng"},
	{"18832", "Phường Hoành Sơn"},
	{"18838", "Xã Kỳ Lạc"},
	{"18844", "Xã Kỳ Thượng"},
}

// CommuneName is the name of the commune with that code.
func CommuneName(code string) (string, bool) {
	for _, c := range Communes {
		if c.Code == code {
			return c.Name, true
		}
	}
	return "", false
}
