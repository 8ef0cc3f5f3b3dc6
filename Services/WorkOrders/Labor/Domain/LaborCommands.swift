import Commands
import Foundation
import Identifiers

/// Records time on a work order, or starts a person's clock.
struct RecordLabor: Input {
    var userId: UserID?
    var kind: LaborKind?
    var startedAt: Date?
    var endedAt: Date?
    var breakMinutes: Int?
    var note: String?

    static let rules: Rules = [
        "userId": .means(
            "Who has done the work; omit it for your own time. Recording the time of others needs more than work that is assigned to you"
        ),
        "kind": .means("`work`, which is the default, or `travel`"),
        "startedAt": .means("When it began; omit it for now"),
        "endedAt": .means("When it ended, at most 24 hours later. Omit it to start the clock"),
        "breakMinutes": LaborEntry.breakRule,
        "note": LaborEntry.noteRule,
    ]

    func check(_ errors: inout FieldErrors) {
        if let endedAt {
            errors.require(startedAt != nil, "startedAt", .goesWith("endedAt", "must be given with endedAt"))
            if let startedAt { errors.require(startedAt < endedAt, "endedAt", .after("startedAt")) }
        } else {
            errors.require(breakMinutes ?? 0 == 0, "breakMinutes", .goesWith("endedAt", "must be given with endedAt"))
        }
    }
}

/// Stops a clock.
struct StopLabor: Input {
    var breakMinutes: Int?
    var note: String?

    static let rules: Rules = ["breakMinutes": LaborEntry.breakRule, "note": LaborEntry.noteRule]
}

/// Corrects an entry. An absent field keeps its value.
struct CorrectLabor: Input {
    var kind: Patch<LaborKind> = .keep
    var startedAt: Patch<Date> = .keep
    var endedAt: Patch<Date> = .keep
    var breakMinutes: Patch<Int> = .keep
    var note: Patch<String?> = .keep
    var reason: String
    var version: Int64?

    static let rules: Rules = [
        "startedAt": .means("When it began"), "endedAt": .means("When it ended; of a clock that runs, this stops it"),
        "breakMinutes": LaborEntry.breakRule, "note": LaborEntry.noteRule, "reason": LaborEntry.reasonRule,
        "version": LaborEntry.versionRule,
    ]
}

/// Removes an entry.
struct RemoveLabor: Input {
    var reason: String
    var version: Int64?

    static let rules: Rules = ["reason": LaborEntry.reasonRule, "version": LaborEntry.versionRule]
}

/// The list of a work order's entries.
struct LaborFilter: Input {
    var userId: UserID?

    static let rules: Rules = ["userId": .means("Only the time of this person")]
}

extension LaborEntry {
    fileprivate static let breakRule = Rule.whole(0...1440).means(
        "Minutes of breaks, which are not paid; they count as the end of the time"
    )
    fileprivate static let noteRule = Rule.text(0...maximumNote).means("What was done")
    fileprivate static let reasonRule = Rule.text(1...2000).means("Why; it is kept with the entry")
    fileprivate static let versionRule = Rule.whole(1...Int64.max).means(
        "The version that the client read last; another current version is a conflict"
    )
}
