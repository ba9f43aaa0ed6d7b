package demo

import (
	"math/rand/v2"
	"strconv"
	"strings"
	"time"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/user"
)

// mailDomain is reserved for examples (RFC 2606): mail to it reaches nobody.
const mailDomain = "fixdesk.example"

// names of one culture go together.
type names struct{ given, family []string }

var cultures = []names{
	{strings.Fields("Amara Chidi Ngozi Emeka Ifeoma Tunde Zainab Kelechi"), strings.Fields("Okafor Adeyemi Eze Balogun Nwosu Afolabi")},
	{strings.Fields("Anna Lukas Lena Jonas Miriam Felix Jürgen Sabine Käthe"), strings.Fields("Weber Schäfer Hoffmann Brandt Köhler Vogt Lindner")},
	{strings.Fields("Sofía Mateo Lucía Diego Inés Álvaro Carmen Joaquín"), strings.Fields("García Muñoz Ortega Ibáñez Romero Castaño")},
	{strings.Fields("Zofia Jakub Małgorzata Piotr Agnieszka Łukasz Kinga"), strings.Fields("Nowak Wiśniewski Zieliński Kamińska Wójcik Lewandowska")},
	{strings.Fields("Priya Arjun Ananya Rohan Kavya Vikram Meera"), strings.Fields("Sharma Iyer Patel Reddy Banerjee Kulkarni Nair")},
	{strings.Fields("Yuki Haruto Sakura Kenji Aiko Daichi Emi"), strings.Fields("Tanaka Sato Watanabe Kobayashi Nakamura Ito")},
	{strings.Fields("Fatima Omar Layla Yusuf Nadia Karim Samira"), strings.Fields("Haddad Mansour Aziz Khoury Rahman Saleh")},
	{strings.Fields("Emily James Olivia Thomas Grace Samuel Hannah Oliver"), strings.Fields("Clarke Bennett Hughes Walker Turner Fletcher Shaw")},
	{strings.Fields("Camille Antoine Élodie Hugo Margaux Théo Noémie"), strings.Fields("Moreau Lefèvre Girard Rousseau Chevalier Dubois")},
	{strings.Fields("Linh Minh Thảo Quang Hương Tuấn Mai"), strings.Fields("Nguyễn Trần Lê Phạm Hoàng Vũ")},
	{strings.Fields("Ingrid Lars Astrid Søren Freja Mikkel Sigrid"), strings.Fields("Hansen Lindqvist Sørensen Nilsen Bergström Dahl")},
	{strings.Fields("Elif Mehmet Zeynep Emre Ayşe Can Defne"), strings.Fields("Yılmaz Demir Kaya Çelik Şahin Arslan")},
	{strings.Fields("Beatriz Rafael Larissa Thiago Marina João Luana"), strings.Fields("Silva Oliveira Ferreira Araújo Carvalho Ribeiro")},
	{strings.Fields("Oksana Andriy Daryna Bohdan Iryna Taras Olena"), strings.Fields("Shevchenko Kovalenko Bondar Melnyk Tkachenko")},
	{strings.Fields("Wei Xiu Jun Mei Hao Lan Jing"), strings.Fields("Chen Wang Zhang Liu Huang Lin Zhao")},
}

var (
	departments = []string{"Finance", "Sales", "Human Resources", "Logistics", "Marketing", "Production", "Customer Care", "Legal", "Research", "Purchasing", "Quality"}
	places      = []string{"the 1st floor", "the 2nd floor, east", "the 2nd floor, west", "the 3rd floor", "the 4th floor, north", "the lobby", "the annex", "building B"}
)

// person is somebody of the demo, before and after the account exists.
type person struct {
	account   *user.User
	desk      string
	extension string
	place     string
}

func (p *person) id() int64 { return p.account.ID }

// cast makes up people with different usernames. Accounts share a password
// that nobody knows.
func cast(r *rand.Rand, n int, role authz.Role, taken map[string]bool, hash string, now time.Time) []*person {
	out := make([]*person, n)
	for i := range out {
		c := pick(r, cultures)
		given, family := pick(r, c.given), pick(r, c.family)
		base := user.UsernameFrom(given+" "+family, ".")
		name := base
		for k := 2; taken[name]; k++ {
			name = base + strconv.Itoa(k)
		}
		taken[name] = true
		department := "IT"
		if role == authz.Employee {
			department = pick(r, departments)
		}
		joined := now.AddDate(-1, 0, -1-r.IntN(1500))
		out[i] = &person{
			account: &user.User{
				Username: name, Email: name + "@" + mailDomain, FullName: given + " " + family,
				FirstName: given, LastName: family, Department: department,
				Phone: "+49 30 5550 " + strconv.Itoa(1000+r.IntN(9000)),
				Role:  role, IsActive: true, EmailVerified: true, PasswordHash: hash,
				CreatedAt: joined, UpdatedAt: joined,
			},
		}
		out[i].settle(r)
	}
	return out
}

// settle gives a person a place in the building.
func (p *person) settle(r *rand.Rand) {
	p.desk = strconv.Itoa(1+r.IntN(4)) + "." + strconv.Itoa(100+r.IntN(80))
	p.extension = strconv.Itoa(2000 + r.IntN(7000))
	p.place = pick(r, places)
}
