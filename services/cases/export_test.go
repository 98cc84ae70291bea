package cases

// Portion is how many deadlines one task counts anew.
const Portion = portion
