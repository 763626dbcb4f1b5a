package renewal

import "giahan/licensing/store"

// PaymentFailed says that the last try to pay did not succeed.
func (c Case) PaymentFailed() bool {
	return c.Payment != nil && c.Payment.State == store.PaymentFailed
}

// MoneyGoesBack says that what was paid last goes back: the case was withdrawn or not taken in, or the sum was not the fee.
func (c Case) MoneyGoesBack() bool {
	return c.Payment != nil && c.Payment.State == store.PaymentRefundDue
}
