package people

import (
	"giahan/identity"
	"giahan/licensing"
)

// special are the persons of whom each shows one case.
func special(today licensing.Date) []Resident {
	return []Resident{
		citizen("hoa", "Trần Thị Hòa", "042176003218", "1976-08-12", "Thôn Trần Phú, Xã Thiên Cầm, Tỉnh Hà Tĩnh", "0912 345 118").
			shows("Hạng B2, hết hạn sau một tháng, đủ điều kiện; chọn hạng B hoặc C1", "B2 ends in a month; nothing stands in the way; may choose B or C1").
			with(card("421160045213", "AP1604521", "Xã Cẩm Nhượng, Huyện Cẩm Xuyên, Tỉnh Hà Tĩnh", dated("B2", "2016-11-14", today.AddMonths(1), 10))),
		citizen("binh", "Nguyễn Văn Bình", "042083007754", "1983-04-25", "Tổ dân phố 5, Phường Thành Sen, Tỉnh Hà Tĩnh", "0983 204 771").
			shows("Hạng A1 (không thời hạn) và hạng C trên một thẻ", "A1 (for life) and C on one card").
			with(card("420120031870", "AP2203187", "Phường Bắc Hà, Thành phố Hà Tĩnh, Tỉnh Hà Tĩnh",
				dated("C", "2012-06-18", today.AddDays(40), 5), forLife("A1", "2002-10-07"))),
		lan(),
		citizen("tuan", "Phan Văn Tuấn", "042079011362", "1979-11-03", "Thôn Đông Hà, Xã Thạch Hà, Tỉnh Hà Tĩnh", "0944 618 320").
			shows("Hạng B2, quá hạn bốn tháng: phải sát hạch lý thuyết", "B2, four months overdue: a theory test comes first").
			with(card("420160028844", "AP1602884", "Xã Thạch Long, Huyện Thạch Hà, Tỉnh Hà Tĩnh", dated("B2", "2016-05-20", today.AddMonths(-4), 10))),
		dung(today),
		mai(today),
		{Key: "company", FullName: "Công ty TNHH Vận tải Hồng Lam", Address: "Đường Hàm Nghi, Phường Thành Sen, Tỉnh Hà Tĩnh", Phone: "0239 385 1100",
			Level: 2, Account: Organisation, TaxCode: "3001987645",
			About: "Tài khoản của tổ chức: không đổi được giấy phép lái xe", AboutEnglish: "Account of an organisation: cannot renew a licence"},
	}
}

func lan() Resident {
	r := citizen("lan", "Lê Thị Lan", "042190002875", "1990-02-19", "Thôn Bắc Sơn, Xã Đức Thọ, Tỉnh Hà Tĩnh", "0368 117 542").
		shows("Hạng A1 không thời hạn, tên trên thẻ đã cũ; không cần giấy khám sức khỏe", "A1 for life under a former name; no health certificate needed")
	l := card("421080067731", "AP1406773", "Xã Tùng Ảnh, Huyện Đức Thọ, Tỉnh Hà Tĩnh", forLife("A1", "2008-07-15"))
	l.HolderName = "Lê Thị Len"
	l.IssuedOn = day("2014-03-10")
	return r.with(l)
}

func dung(today licensing.Date) Resident {
	r := citizen("dung", "Võ Đình Dũng", "042087009918", "1987-06-28", "Tổ dân phố Hưng Trí, Phường Sông Trí, Tỉnh Hà Tĩnh", "0975 830 264").
		shows("Hạng B2, còn vi phạm chưa giải quyết", "B2 with a violation that is not settled")
	l := card("420160052096", "AP1705209", "Phường Sông Trí, Thị xã Kỳ Anh, Tỉnh Hà Tĩnh", dated("B2", "2016-12-01", today.AddMonths(2), 10))
	l.OpenViolation, l.Points = true, 8
	return r.with(l)
}

func mai(today licensing.Date) Resident {
	r := citizen("mai", "Hồ Thị Mai", "042193008140", "1993-10-09", "Thôn Tân Phong, Xã Nghi Xuân, Tỉnh Hà Tĩnh", "0386 402 915").
		shows("Tài khoản định danh mức 1: phải lên mức 2", "Identity level 1 only: level 2 is needed").
		with(card("421150019457", "AP1601945", "Thị trấn Nghi Xuân, Huyện Nghi Xuân, Tỉnh Hà Tĩnh", dated("B2", "2015-08-24", today.AddMonths(1).AddDays(9), 10)))
	r.Level = 1
	return r
}

// clean are persons with whom nothing is wrong.
func clean(today licensing.Date) []Resident {
	about := func(r Resident, class string) Resident {
		return r.shows("Hạng "+class+", sắp hết hạn, đủ điều kiện", class+", ends soon; nothing stands in the way")
	}
	return []Resident{
		about(citizen("an", "Nguyễn Thị An", "042185006023", "1985-01-30", "Tổ dân phố 3, Phường Trần Phú, Tỉnh Hà Tĩnh", "0916 552 087"), "B2").
			with(card("421160033915", "AP1603391", "Phường Thạch Linh, Thành phố Hà Tĩnh, Tỉnh Hà Tĩnh", dated("B2", "2016-07-08", today.AddDays(12), 10))),
		about(citizen("khanh", "Hoàng Văn Khánh", "042080003497", "1980-07-16", "Thôn Yên Lạc, Xã Cẩm Xuyên, Tỉnh Hà Tĩnh", "0987 340 662"), "C").
			with(card("420110014283", "AP2101428", "Xã Cẩm Quang, Huyện Cẩm Xuyên, Tỉnh Hà Tĩnh", dated("C", "2011-09-26", today.AddDays(25), 5))),
		about(citizen("giang", "Phạm Thị Hương Giang", "040189012750", "1989-05-21", "Thôn 4, Xã Can Lộc, Tỉnh Hà Tĩnh", "0349 276 810"), "B2").
			with(card("421150040168", "AP1604016", "Thị trấn Nghèn, Huyện Can Lộc, Tỉnh Hà Tĩnh", dated("B2", "2015-12-11", today.AddDays(33), 10))).
			shows("Hạng B2, sắp hết hạn; bệnh viện đã gửi giấy khám qua mạng", "B2, ends soon; the hospital has sent a health certificate"),
		about(citizen("son", "Bùi Ngọc Sơn", "042075001689", "1975-03-08", "Thôn Trung Tiến, Xã Hương Khê, Tỉnh Hà Tĩnh", "0913 098 445"), "D").
			with(card("420040007512", "AP2200751", "Thị trấn Hương Khê, Huyện Hương Khê, Tỉnh Hà Tĩnh", dated("D", "2004-04-19", today.AddDays(48), 5))).
			shows("Hạng D, sắp hết hạn; giấy khám bệnh viện gửi đã quá hạn", "D, ends soon; the certificate that the hospital sent is too old"),
		about(citizen("linh", "Đinh Thị Khánh Linh", "042192010335", "1992-09-14", "Tổ dân phố 2, Phường Bắc Hồng Lĩnh, Tỉnh Hà Tĩnh", "0358 761 203"), "B2").
			with(card("421160051827", "AP1605182", "Phường Bắc Hồng, Thị xã Hồng Lĩnh, Tỉnh Hà Tĩnh", dated("B2", "2016-10-03", today.AddDays(55), 10))).
			shows("Hạng B2, sắp hết hạn; giấy khám bệnh viện gửi là cho hạng A1", "B2, ends soon; the certificate that the hospital sent is for A1"),
		about(citizen("quan", "Trương Minh Quân", "038082005914", "1982-12-05", "Thôn Sơn Trung, Xã Hương Sơn, Tỉnh Hà Tĩnh", "0969 415 738"), "FC").
			with(card("420090022640", "AP2202264", "Thị trấn Phố Châu, Huyện Hương Sơn, Tỉnh Hà Tĩnh", dated("FC", "2009-11-27", today.AddDays(60), 5))),
	}
}

// citizen with a verified identity. The sex follows from the personal number: odd is female.
func citizen(key, name string, number identity.PersonalNumber, birth, address, phone string) Resident {
	sex := identity.Male
	if number[3]%2 == 1 {
		sex = identity.Female
	}
	return Resident{Key: key, FullName: name, PersonalNumber: number, BirthDate: birth, Sex: sex, Address: address, Phone: phone,
		Level: 2, Account: Citizen}
}

func (r Resident) shows(vietnamese, english string) Resident {
	r.About, r.AboutEnglish = vietnamese, english
	return r
}

func (r Resident) with(l ...licensing.Licence) Resident {
	r.Licences = l
	return r
}

// issuer of every card of the cast: the body that issued licences in the province before March 2025.
const issuer = "Sở Giao thông vận tải Hà Tĩnh"

// card is a plastic card. Its day of issue is that of its dated class; its address is as it was written then.
func card(number, serial, address string, classes ...held) licensing.Licence {
	l := licensing.Licence{Number: number, Serial: serial, Card: licensing.CardPlastic, Issuer: issuer, HolderAddress: address, Points: 12}
	for _, c := range classes {
		l.Classes = append(l.Classes, c.HeldClass)
		if !c.issued.IsZero() {
			l.IssuedOn = c.issued
		}
	}
	return l
}

// held is a class with the day of issue that its expiry implies.
type held struct {
	licensing.HeldClass
	issued licensing.Date
}

// dated ends on that day and was issued so many years before; nobody is issued a class before the test.
func dated(class licensing.Class, passed string, ends licensing.Date, years int) held {
	issued, p := ends.AddYears(-years), day(passed)
	if issued.Before(p) {
		p = issued
	}
	return held{licensing.HeldClass{Class: class, PassedOn: p, Expires: ends}, issued}
}

func forLife(class licensing.Class, passed string) held {
	return held{HeldClass: licensing.HeldClass{Class: class, PassedOn: day(passed)}}
}

// day reads a date written in this file; the test reads them all.
func day(iso string) licensing.Date {
	d, err := licensing.ParseDate(iso)
	if err != nil {
		panic(err)
	}
	return d
}
