package resident

import (
	"slices"
	"strings"
	"sync"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"

	"giahan/licensing"
)

// communes are those of the province as people look for them: wards first, then communes, each by the Vietnamese alphabet.
var communes = sync.OnceValue(func() []licensing.Commune {
	order := collate.New(language.Vietnamese)
	sorted := slices.Clone(licensing.Communes)
	slices.SortStableFunc(sorted, func(a, b licensing.Commune) int {
		if wa, wb := ward(a), ward(b); wa != wb {
			if wa {
				return -1
			}
			return 1
		}
		return order.CompareString(a.Name, b.Name)
	})
	return sorted
})

func ward(c licensing.Commune) bool { return strings.HasPrefix(c.Name, "Phường ") }

// fromAddress reads the commune and what stands before it out of the portal's address: "Thôn Tân Phú, xã Thiên Cầm, tỉnh Hà Tĩnh".
// Both are empty where no part is a commune of the province; the person chooses then.
func fromAddress(address string) (commune, street string) {
	parts := strings.Split(address, ",")
	for n, part := range parts {
		for _, c := range licensing.Communes {
			if strings.EqualFold(strings.TrimSpace(part), c.Name) {
				return c.Code, strings.TrimSpace(strings.Join(parts[:n], ","))
			}
		}
	}
	return "", ""
}
