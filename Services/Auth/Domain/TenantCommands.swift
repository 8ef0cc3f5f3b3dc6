import Access
import Commands
import Foundation

/// Creates a tenant with its first administrator, who gets an invitation by mail.
struct CreateTenant: Input {
    struct Administrator: Input {
        var email: String
        var displayName: String

        static let rules: Rules = ["email": .email, "displayName": .line(1...200).example("Anna Berg")]
    }

    var name: String
    var timeZone: String?
    var currency: String?
    var language: String?
    var administrator: Administrator

    static let rules: Rules = [
        "name": .tenantName, "timeZone": .timeZone, "currency": .currency, "language": .language,
    ]
}

/// Changes a tenant's settings.
struct ChangeTenant: Input {
    var name: Patch<String>
    var timeZone: Patch<String>
    var currency: Patch<String>
    var language: Patch<String>
    var contractorsFrom: Patch<String?>
    var contractorsUntil: Patch<String?>
    var startWindowMinutes: Patch<Int?>
    var acceptsPasswords: Patch<Bool>
    var requiresSkills: Patch<Bool>
    var allowedOrigins: Patch<[String]>
    var version: Int64?

    static let rules: Rules = [
        "name": .tenantName, "timeZone": .timeZone, "currency": .currency, "language": .language,
        "contractorsFrom": .timeOfDay.means(
            "From when contractors may use the system, by the tenant's clock; null, with contractorsUntil, for any time"
        ),
        "contractorsUntil": .timeOfDay.means("Until when contractors may use the system"),
        "startWindowMinutes": .whole(1...7 * 24 * 60).means(
            "How many minutes before or after its planned start work may begin; null for any time"
        ),
        "acceptsPasswords": .means(
            "Whether POST /auth/login accepts passwords; otherwise people log in with a browser, and programs use API keys"
        ),
        "requiresSkills": .means("Whether work is given only to people with the skills that it requires"),
        "allowedOrigins": .items(0...20, each: .webOrigin).means(
            "The web origins whose pages may use the API, with a token in the header Authorization; cookies never work there"
        ),
        "version": .seenVersion,
    ]

    func check(_ errors: inout FieldErrors) {
        let hours = [contractorsFrom.value, contractorsUntil.value].map { $0.map { $0 != nil } }
        errors.require(
            hours[0] == hours[1],
            "contractorsUntil",
            .goesWith("contractorsFrom", "must be given with contractorsFrom, or be null with it")
        )
        if case (.some(.some(let from)), .some(.some(let until))) = (contractorsFrom.value, contractorsUntil.value) {
            errors.require(from != until, "contractorsUntil", .differs(from: "contractorsFrom"))
        }
        let origins = allowedOrigins.value ?? []
        errors.require(
            Set(origins).count == origins.count,
            "allowedOrigins",
            .duplicate("must not name an origin twice")
        )
    }

    func apply(to tenant: inout Tenant) {
        name.apply(to: &tenant.name)
        timeZone.apply(to: &tenant.timeZone)
        currency.apply(to: &tenant.currency)
        language.apply(to: &tenant.language)
        if let from = contractorsFrom.value { tenant.contractorsFrom = from.flatMap(ContractorHours.minutes) }
        if let until = contractorsUntil.value { tenant.contractorsUntil = until.flatMap(ContractorHours.minutes) }
        startWindowMinutes.apply(to: &tenant.startWindowMinutes)
        acceptsPasswords.apply(to: &tenant.acceptsPasswords)
        requiresSkills.apply(to: &tenant.requiresSkills)
        allowedOrigins.apply(to: &tenant.allowedOrigins)
    }
}

/// Suspends a tenant.
struct SuspendTenant: Input {
    var reason: String

    static let rules: Rules = ["reason": .line(1...500).example("The contract has ended")]
}

extension Rule {
    fileprivate static let tenantName = Rule.line(1...200).example("Sunfield Renewables")

    fileprivate static let currency = form(
        3...3,
        pattern: "^[A-Z]{3}$",
        FieldRule(code: "not_a_currency", "must be the code of a currency (ISO 4217), such as EUR"),
        example: "EUR"
    ) { Locale.commonISOCurrencyCodes.contains($0) }

    fileprivate static let language = form(
        2...2,
        pattern: "^[a-z]{2}$",
        FieldRule(code: "not_a_language", "must be the code of a language (ISO 639-1), such as de"),
        example: "de"
    ) { code in Locale.LanguageCode.isoLanguageCodes.contains { $0.identifier == code } }
}
