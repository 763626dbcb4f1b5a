package licensing

// HomeProvince is the code of the province whose office this is: Hà Tĩnh, unchanged by the mergers of 2025.
const HomeProvince = "42"

// CommuneName is the name of the commune or ward of the province with that code on that day.
func (r *Rules) CommuneName(code string, d Date) (string, bool) {
	u, ok := r.UnitOn(code, d)
	return u.Name, ok && u.Parent == HomeProvince
}

// ProvinceName is the name of the province on that day.
func (r *Rules) ProvinceName(d Date) string {
	u, _ := r.UnitOn(HomeProvince, d)
	return u.Name
}
