package apps

func Demo() Phone  { return Phone{} }
func Nasty() Phone { return Phone{} }
