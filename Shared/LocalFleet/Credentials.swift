/// Who can log in to the local stack.
package enum Credentials {
    package static let tenant = "Demo Renewables"
    package static let administrator = (email: "admin@demo.example", password: "local-demo-admin")
    package static let supervisor = (email: "supervisor@demo.example", password: "local-demo-supervisor")
    package static let technician = (email: "technician@demo.example", password: "local-demo-technician")
    /// Seals links of mails, on this machine only.
    package static let browserKeys = "local-demo-keys-of-browser-logins"
    package static let linkKeys = "local-demo-keys-of-links-in-mails"
    /// Seals secrets of webhooks.
    package static let webhookKeys = "local-demo-keys-of-secrets-of-webhooks"
}
