package demo

// origin is where somebody's names come from.
type origin struct {
	language    string // one of the installation's
	weight      int
	first, last []string
}

// origins are weighed so that most names are read by most people, and every script has its share.
var origins = []origin{
	{"en", 30,
		[]string{"Olivia", "Liam", "Emma", "Noah", "Amelia", "Oliver", "Sophia", "James", "Charlotte", "Henry", "Grace", "Theodore", "Ruby", "Jack", "Ella", "Samuel", "Alice", "Benjamin", "Hannah", "Daniel", "Nora", "Thomas", "Lucy", "Owen", "Maya", "Ethan", "Zoe", "Caleb", "Ivy", "Simon"},
		[]string{"Smith", "Johnson", "Brown", "Taylor", "Wilson", "Clark", "Walker", "Hall", "Young", "King", "Wright", "Scott", "Baker", "Adams", "Nelson", "Carter", "Mitchell", "Turner", "Parker", "Evans", "Collins", "Stewart", "Morris", "Murphy", "Cook", "Rogers", "Bailey", "Cooper", "Richardson", "O'Brien", "Hughes", "Fletcher", "Whitfield", "Ashworth"}},
	{"de", 18,
		[]string{"Anna", "Lukas", "Lena", "Felix", "Mia", "Jonas", "Clara", "Maximilian", "Johanna", "Paul", "Greta", "Jürgen", "Käthe", "Björn", "Sabine", "Matthias", "Heike", "Sören", "Ulrike", "Tobias", "Franziska", "Moritz", "Annika", "Dominik"},
		[]string{"Müller", "Schmidt", "Schneider", "Fischer", "Weber", "Meyer", "Wagner", "Becker", "Schäfer", "Koch", "Bauer", "Richter", "Klein", "Wolf", "Schröder", "Neumann", "Zimmermann", "Krüger", "Großmann", "Hofmann", "Lange", "von Ahlen", "Böhm", "Vogt"}},
	{"es", 12,
		[]string{"María", "José", "Lucía", "Carlos", "Carmen", "Javier", "Elena", "Miguel", "Sofía", "Andrés", "Paula", "Diego", "Inés", "Álvaro", "Rocío", "Íñigo"},
		[]string{"García", "Rodríguez", "Martínez", "López", "González", "Pérez", "Sánchez", "Ramírez", "Torres", "Núñez", "de la Cruz", "Ibáñez", "Domínguez", "García Lorca", "Muñoz", "Vázquez"}},
	{"fr", 9,
		[]string{"Camille", "Louis", "Chloé", "Gabriel", "Léa", "Raphaël", "Manon", "Jules", "Inès", "Étienne", "Zoé", "François", "Hélène", "Benoît"},
		[]string{"Martin", "Bernard", "Dubois", "Moreau", "Laurent", "Lefèvre", "Roux", "Fournier", "Girard", "Gauthier", "Mercier", "Garçon", "Chevalier", "Noël"}},
	{"en", 7,
		[]string{"Giulia", "Matteo", "Chiara", "Lorenzo", "Francesca", "Alessandro", "Martina", "Niccolò", "Beatrice", "Davide"},
		[]string{"Rossi", "Russo", "Ferrari", "Esposito", "Bianchi", "Romano", "Colombo", "Ricci", "Marino", "D'Angelo"}},
	{"en", 6,
		[]string{"Zofia", "Jakub", "Agnieszka", "Łukasz", "Małgorzata", "Stanisław", "Kateřina", "Jiří", "Tereza", "Ondřej"},
		[]string{"Nowak", "Kowalska", "Wiśniewski", "Wójcik", "Dąbrowska", "Zieliński", "Novák", "Svobodová", "Dvořák", "Šťastný"}},
	{"en", 5,
		[]string{"Astrid", "Lars", "Freja", "Søren", "Ingrid", "Åke", "Sigrid", "Øyvind", "Maja", "Elías"},
		[]string{"Andersson", "Johansen", "Nielsen", "Lindqvist", "Bergström", "Øverland", "Ångström", "Hansen", "Sørensen", "Þórsson"}},
	{"en", 4,
		[]string{"Иван", "Мария", "Дмитрий", "Анна", "Сергей", "Елена", "Оксана", "Богдан"},
		[]string{"Иванов", "Петрова", "Сидоров", "Кузнецова", "Шевченко", "Коваленко", "Морозов"}},
	{"ar", 3,
		[]string{"محمد", "فاطمة", "علي", "ليلى", "يوسف", "نور", "أحمد"},
		[]string{"الخطيب", "حداد", "النجار", "منصور", "العلي", "سليمان"}},
	{"en", 2,
		[]string{"אורי", "נועה", "דוד", "תמר", "יעל", "איתן"},
		[]string{"כהן", "לוי", "מזרחי", "פרץ", "ביטון"}},
	{"en", 4,
		[]string{"伟", "芳", "娜", "敏", "静", "美咲", "翔太", "陽菜", "健", "지훈", "서연", "민준"},
		[]string{"王", "李", "张", "刘", "陈", "佐藤", "鈴木", "高橋", "田中", "김", "이", "박"}},
}

var domains = []string{
	"mail.example", "post.example", "work.example", "shop.example", "office.example", "studio.example", "inbox.example",
	"north.example", "harbour.example", "garden.example", "letter.example", "cloud.example",
}

// The parts of the accounts' names.
var (
	qualities = []string{"Quick", "Bright", "Blue", "Silver", "North", "Open", "Green", "Golden", "Clear", "Swift", "Little", "Grand", "Solid", "Fair", "Urban", "Royal", "Quiet", "True", "Red", "High"}
	things    = []string{"River", "Star", "Hill", "Harbour", "Oak", "Bridge", "Falcon", "Garden", "Stone", "Lake", "Lantern", "Compass", "Anchor", "Meadow", "Summit", "Feather", "Orchard", "Signal", "Willow", "Forge"}
	trades    = []string{"Travel", "Labs", "Studio", "Hosting", "Foods", "Media", "Consulting", "Logistics", "Books", "Design", "Bikes", "Energy", "Dental", "Music", "Systems", "Cafés", "Legal", "Outdoor", "Print", "Robotics"}
)

// questionsAsked are the security questions of the sample, in each language, with the answer that everybody gave who has
// one.
var questionsAsked = []struct {
	texts  map[string]string
	answer string
}{
	{map[string]string{
		"en": "What was the name of your first pet?",
		"de": "Wie hieß Ihr erstes Haustier?",
		"fr": "Quel était le nom de votre premier animal de compagnie ?",
		"es": "¿Cómo se llamaba su primera mascota?",
		"ar": "ما اسم أول حيوان أليف كان لديك؟",
	}, "Biscuit"},
	{map[string]string{
		"en": "In which town were you born?",
		"de": "In welcher Stadt wurden Sie geboren?",
		"fr": "Dans quelle ville êtes-vous né(e) ?",
		"es": "¿En qué ciudad nació?",
		"ar": "في أي مدينة وُلدت؟",
	}, "Lisbon"},
	{map[string]string{
		"en": "What was the make of your first car?",
		"de": "Von welcher Marke war Ihr erstes Auto?",
		"fr": "De quelle marque était votre première voiture ?",
		"es": "¿De qué marca era su primer coche?",
		"ar": "ما نوع أول سيارة امتلكتها؟",
	}, "Volvo"},
	{map[string]string{
		"en": "Who was your favourite teacher?",
		"de": "Wer war Ihre liebste Lehrerin oder Ihr liebster Lehrer?",
		"fr": "Qui était votre enseignant(e) préféré(e) ?",
		"es": "¿Quién fue su profesor o profesora favorita?",
		"ar": "من كان معلمك المفضل؟",
	}, "Mrs Bloom"},
}
