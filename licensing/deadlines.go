package licensing

// PaymentDays is how many calendar days a submitted case waits for its fee before it is closed (domain.md 5: a proposal, no law).
const PaymentDays = 10
