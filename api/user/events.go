package user

// What this package announces. The subject is the account, unless it says otherwise.
const (
	Created         = "user.created"
	Invited         = "user.invited" // created without a password, or moved to another address before choosing one
	Registered      = "user.registered"
	Expired         = "user.expired" // a registration that was never verified made way for another
	Verified        = "user.verified"
	Updated         = "user.updated"
	RoleChanged     = "user.role_changed"
	Activated       = "user.activated"
	Deactivated     = "user.deactivated"
	Anonymised      = "user.anonymised"
	PasswordChanged = "user.password_changed"
	Imported        = "users.imported" // the subject is the import; of single accounts nothing is announced
)

const subject = "user"

// Change is the data of RoleChanged.
type Change struct {
	From string `json:"from"`
	To   string `json:"to"`
}

// Fields is the data of Updated: which fields changed, not what they hold.
type Fields struct {
	Changed []string `json:"changed"`
}

// ImportedAccounts is the data of Imported: those of the accounts that can sign in.
type ImportedAccounts struct {
	UserIDs []int64 `json:"user_ids"`
}

// Means is the data of PasswordChanged.
type Means struct {
	How How `json:"how"`
}

// How says on what ground a password was changed.
type How string

// The ways to a new password.
const (
	ByOwner         How = "owner" // who knew the old one
	ByLink          How = "link"  // who received a mail
	ByAdministrator How = "administrator"
)
