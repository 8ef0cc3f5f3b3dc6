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
    var version: Int64?

    static let rules: Rules = [
        "name": .tenantName, "timeZone": .timeZone, "currency": .currency, "language": .language,
        "version": .seenVersion,
    ]

    func apply(to tenant: inout Tenant) {
        name.apply(to: &tenant.name)
        timeZone.apply(to: &tenant.timeZone)
        currency.apply(to: &tenant.currency)
        language.apply(to: &tenant.language)
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
        "must be the code of a currency (ISO 4217), such as EUR",
        example: "EUR"
    ) { Locale.commonISOCurrencyCodes.contains($0) }

    fileprivate static let language = form(
        2...2,
        pattern: "^[a-z]{2}$",
        "must be the code of a language (ISO 639-1), such as de",
        example: "de"
    ) { code in Locale.LanguageCode.isoLanguageCodes.contains { $0.identifier == code } }
}
