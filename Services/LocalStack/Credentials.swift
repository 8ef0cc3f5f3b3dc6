/// Who can log in to the local stack.
enum Credentials {
    static let tenant = "Demo Renewables"
    static let administrator = (email: "admin@demo.example", password: "local-demo-admin")
    static let supervisor = (email: "supervisor@demo.example", password: "local-demo-supervisor")
    static let technician = (email: "technician@demo.example", password: "local-demo-technician")
}
