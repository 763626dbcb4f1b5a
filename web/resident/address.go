package resident

import (
	"slices"
	"strings"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"

	"giahan/licensing"
	"giahan/licensing/renewal"
)

// communesOf are the communes and wards to which a card of the case can be sent today.
func communesOf(k renewal.Case) []licensing.UnitRule {
	return k.Book.CommunesOn(licensing.HomeProvince, licensing.DateOf(k.Now))
}

// sorted are communes as people look for them: wards first, then communes, each by the Vietnamese alphabet.
func sorted(communes []licensing.UnitRule) []licensing.UnitRule {
	order := collate.New(language.Vietnamese)
	slices.SortStableFunc(communes, func(a, b licensing.UnitRule) int {
		if wa, wb := a.Kind == licensing.KindWard, b.Kind == licensing.KindWard; wa != wb {
			if wa {
				return -1
			}
			return 1
		}
		return order.CompareString(a.Name, b.Name)
	})
	return communes
}

// fromAddress reads the commune and what stands before it out of the portal's address: "Thôn Tân Phú, xã Thiên Cầm, tỉnh Hà Tĩnh".
// Both are empty where no part is a commune of the province; the person chooses then.
func fromAddress(communes []licensing.UnitRule, address string) (commune, street string) {
	parts := strings.Split(address, ",")
	for n, part := range parts {
		for _, c := range communes {
			if licensing.SameName(part, c.Name) {
				return c.Code, strings.TrimSpace(strings.Join(parts[:n], ","))
			}
		}
	}
	return "", ""
}
