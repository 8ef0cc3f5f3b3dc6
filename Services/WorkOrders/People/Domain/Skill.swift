import Commands
import Foundation

/// What an organization counts as a qualification: the words of work orders' required skills and of people's skills.
struct Skill: Codable, Hashable, Sendable {
    var name: String
    var category: SkillCategory
    /// Whether only a certificate proves it.
    var needsCertificate: Bool
    /// How many days before its end a certificate is told of.
    var warnDays: Int

    static let warnDays = 30
    static let maximumWarnDays = 365
}

enum SkillCategory: String, CaseIterable, Codable, Sendable {
    case technical
    case safety
    /// What a regulator asks for.
    case compliance
    case other
}

/// All skills of an organization, in its order.
struct SkillList: Codable, Hashable, Sendable {
    var skills: [Skill] = []
    /// Counts its changes: 0 while nobody has set it.
    var version: Int64 = 0

    static let maximumCount = 500

    /// - Throws: ``CertificateRefusal/stale(current:)``.
    func replaced(by change: SetSkills, seen: Int64?) throws(CertificateRefusal) -> SkillList {
        if let seen = change.version ?? seen, seen != version { throw .staleSkills(current: version) }
        let skills = change.skills.map {
            Skill(
                name: $0.name,
                category: $0.category ?? .technical,
                needsCertificate: $0.needsCertificate ?? false,
                warnDays: $0.warnDays ?? Skill.warnDays
            )
        }
        return SkillList(skills: skills, version: version + 1)
    }
}

/// Sets an organization's skills, all of them.
struct SetSkills: Input {
    struct Item: Input {
        var name: String
        var category: SkillCategory?
        var needsCertificate: Bool?
        var warnDays: Int?

        static let rules: Rules = [
            "name": .line(1...64).means(
                "As work orders and people's accounts name it; upper and lower case are the same"
            )
            .example("high voltage"),
            "category": .means("The default is `technical`"),
            "needsCertificate": .means(
                "true: whoever does work that requires it needs a valid certificate; the default is false"
            ),
            "warnDays": .whole(0...Int64(Skill.maximumWarnDays)).means(
                "How many days before its end a certificate is told of; the default is 30"
            ),
        ]
    }

    var skills: [Item]
    /// The version that the caller has seen; `nil` changes any version.
    var version: Int64?

    static let rules: Rules = [
        "skills": .items(0...SkillList.maximumCount).means("All of them; one that is left out is no skill any more"),
        "version": .whole(0...Int64.max).means(
            "The version that the client read last; another current version is a conflict"
        ),
    ]

    func check(_ errors: inout FieldErrors) {
        let isRepeated = Set(skills.map { $0.name.lowercased() }).count < skills.count
        errors.require(!isRepeated, "skills", .duplicate("must not have a skill twice"))
    }
}
