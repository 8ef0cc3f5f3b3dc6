import Access
import Foundation
import Identifiers
import Testing

/// Rules of a tenant that refuse what grants permit.
@Suite struct AttributeRulesTests {
    private func moment(_ text: String) throws -> Date { try Date(text, strategy: .iso8601) }

    @Test func hoursAreByTheTenantsClockInSummerAndWinter() throws {
        let zone = try #require(TimeZone(identifier: "Europe/Paris"))
        let hours = ContractorHours(from: 480, until: 1020, timeZone: zone)
        // Noon in Paris is 11:00 UTC in winter and 10:00 UTC in summer.
        for (text, isWithin) in [
            ("2026-01-15T06:59:59Z", false), ("2026-01-15T07:00:00Z", true), ("2026-01-15T15:59:59Z", true),
            ("2026-01-15T16:00:00Z", false), ("2026-07-15T05:59:59Z", false), ("2026-07-15T06:00:00Z", true),
            ("2026-07-15T14:59:59Z", true), ("2026-07-15T15:00:00Z", false),
        ] {
            #expect(hours.contain(try moment(text)) == isWithin, "\(text)")
        }
        #expect(hours.text == "08:00 to 17:00 (Europe/Paris)")
    }

    @Test func hoursCanEndOnTheNextDay() throws {
        let hours = ContractorHours(from: 22 * 60, until: 6 * 60, timeZone: .gmt)
        for (text, isWithin) in [
            ("2026-01-15T21:59:00Z", false), ("2026-01-15T22:00:00Z", true), ("2026-01-16T00:00:00Z", true),
            ("2026-01-16T05:59:00Z", true), ("2026-01-16T06:00:00Z", false), ("1969-12-31T23:00:00Z", true),
        ] {
            #expect(hours.contain(try moment(text)) == isWithin, "\(text)")
        }
    }

    @Test func workBeginsNearItsPlannedStart() throws {
        let (start, rules) = (try moment("2026-01-15T08:00:00Z"), AttributeRules(startWindow: 120))
        for (offset, isAllowed) in [(-7201.0, false), (-7200, true), (0, true), (7200, true), (7201, false)] {
            #expect(rules.allowsStart(at: start + offset, plannedFor: start) == isAllowed, "\(offset)")
        }
        #expect(rules.allowsStart(at: start, plannedFor: nil))
        #expect(AttributeRules().allowsStart(at: start + 1_000_000, plannedFor: start))
    }

    @Test func workGoesToPeopleWithTheSkillsThatItRequires() {
        let (on, off) = (AttributeRules(requiresSkills: true), AttributeRules())
        let required = ["High voltage", "rope access", "first aid"]
        #expect(on.missingSkills(for: required, of: ["high VOLTAGE", "crane"]) == ["rope access", "first aid"])
        #expect(on.missingSkills(for: required, of: required.reversed()) == [])
        #expect(on.missingSkills(for: [], of: []) == [])
        #expect(off.missingSkills(for: required, of: []) == [])
    }

    @Test(arguments: SeparatedDuties.allCases)
    func nobodyTakesBothSteps(duties: SeparatedDuties) {
        let (anna, bo) = (UserID.new(), UserID.new())
        #expect(duties.forbid(anna, after: [bo, anna]))
        #expect(!duties.forbid(anna, after: [bo]))
        // Work that nobody has done is nobody's.
        #expect(!duties.forbid(anna, after: []))
    }

    @Test func timesOfDayAreReadStrictly() {
        for (text, minutes) in [("00:00", 0), ("08:05", 485), ("23:59", 1439)] {
            #expect(ContractorHours.minutes(text) == minutes && ContractorHours.text(minutes) == text)
        }
        for text in ["", "8:00", "24:00", "12:60", "12:00:00", "-1:00", "ab:cd", "12 00"] {
            #expect(ContractorHours.minutes(text) == nil, "\(text)")
        }
    }
}
