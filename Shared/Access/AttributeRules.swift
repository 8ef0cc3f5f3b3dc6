public import Foundation

/// Rules of a tenant that refuse what grants permit, because of the person, the time or the work. They never permit anything, and a rule that
/// is `nil` is switched off.
public struct AttributeRules: Hashable, Sendable {
    /// When contractors may use the system.
    public var contractorHours: ContractorHours?
    /// How many minutes before or after its planned start work may begin.
    public var startWindow: Int?
    /// Whether work is given only to people with the skills that it requires.
    public var requiresSkills: Bool

    public init(contractorHours: ContractorHours? = nil, startWindow: Int? = nil, requiresSkills: Bool = false) {
        self.contractorHours = contractorHours
        self.startWindow = startWindow
        self.requiresSkills = requiresSkills
    }

    /// The skills that somebody lacks for work, in the work's order; none while the rule is switched off. Upper and lower case are the same.
    public func missingSkills(for required: [String], of held: [String]) -> [String] {
        guard requiresSkills else { return [] }
        let held = Set(held.map { $0.lowercased() })
        return required.filter { !held.contains($0.lowercased()) }
    }

    /// Whether work that is planned for `start` may begin at `moment`.
    public func allowsStart(at moment: Date, plannedFor start: Date?) -> Bool {
        guard let start, let startWindow else { return true }
        return abs(moment.timeIntervalSince(start)) <= Double(startWindow) * 60
    }
}

/// A part of each day, by the tenant's clock.
public struct ContractorHours: Hashable, Sendable {
    /// Minutes after midnight.
    public var from: Int
    /// Minutes after midnight: the first one that is no longer allowed. Less than `from`: on the next day.
    public var until: Int
    public var timeZone: TimeZone

    public init(from: Int, until: Int, timeZone: TimeZone) {
        self.from = from
        self.until = until
        self.timeZone = timeZone
    }

    public func contain(_ moment: Date) -> Bool {
        let second = Int(moment.timeIntervalSince1970.rounded(.down)) + timeZone.secondsFromGMT(for: moment)
        let minute = ((second % 86_400) + 86_400) % 86_400 / 60
        return from <= until ? (from..<until).contains(minute) : minute >= from || minute < until
    }

    /// As people read it: `08:00 to 17:00 (Europe/Paris)`.
    public var text: String { "\(Self.text(from)) to \(Self.text(until)) (\(timeZone.identifier))" }

    /// `08:00` for 480.
    public static func text(_ minutes: Int) -> String {
        let (hour, minute) = (minutes / 60, minutes % 60)
        return (hour < 10 ? "0" : "") + "\(hour)" + (minute < 10 ? ":0" : ":") + "\(minute)"
    }

    /// 480 for `08:00`; `nil` for anything that is no time of day.
    public static func minutes(_ text: String) -> Int? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ $0.utf8.count == 2 && $0.allSatisfy(\.isWholeNumber) }),
            let hour = Int(parts[0]), let minute = Int(parts[1]), hour < 24, minute < 60
        else { return nil }
        return hour * 60 + minute
    }
}
