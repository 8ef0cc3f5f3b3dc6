import Commands
import EventSchema
import TestSupport
import Testing

@testable import WorkOrders

/// What an answer says, for each kind of check: at its limits, and beside them.
@Suite struct CheckOutcomeTests {
    private static let guardInPlace = TaskCheck(kind: .yesNo, passes: true)
    private static let state = TaskCheck(
        kind: .choice,
        options: ["Good", "Worn", "Broken"],
        failing: ["Worn", "Broken"]
    )
    private static let oil = TaskCheck(kind: .number, unit: "°C", minimum: "-10.5", maximum: "80")
    private static let hours = TaskCheck(kind: .meter, unit: "h", meter: "Operating hours")

    @Test(
        arguments: [
            (guardInPlace, TaskAnswer(yes: true), TaskOutcome.passed), (guardInPlace, TaskAnswer(yes: false), .failed),
            (TaskCheck(kind: .yesNo, passes: false), TaskAnswer(yes: false), .passed),
            (TaskCheck(kind: .yesNo), TaskAnswer(yes: false), nil),
            (state, TaskAnswer(choice: "Good"), .passed), (state, TaskAnswer(choice: "Worn"), .failed),
            (TaskCheck(kind: .choice, options: ["a", "b"]), TaskAnswer(choice: "a"), nil),
            (oil, TaskAnswer(number: "80"), .passed), (oil, TaskAnswer(number: "80.000000"), .passed),
            (oil, TaskAnswer(number: "80.000001"), .failed), (oil, TaskAnswer(number: "-10.5"), .passed),
            (oil, TaskAnswer(number: "-10.500001"), .failed), (oil, TaskAnswer(number: "0"), .passed),
            (TaskCheck(kind: .number, maximum: "1"), TaskAnswer(number: "-999999999999.999999"), .passed),
            (TaskCheck(kind: .number, minimum: "1"), TaskAnswer(number: "0.999999"), .failed),
            (TaskCheck(kind: .number, unit: "V"), TaskAnswer(number: "7"), nil),
            // Two numbers that are one as Doubles.
            (
                TaskCheck(kind: .number, maximum: "999999999999.999998"), TaskAnswer(number: "999999999999.999999"),
                .failed
            ),
            (TaskCheck(kind: .text), TaskAnswer(text: "Rust at the bolts"), nil),
            (TaskCheck(kind: .signature), TaskAnswer(text: "Ana Silva"), nil),
            (TaskCheck(kind: .photo), TaskAnswer(attachment: .sample(1)), nil),
            (hours, TaskAnswer(number: "120"), nil), (hours, TaskAnswer(number: "3", isReset: true), nil),
        ] as [(TaskCheck, TaskAnswer, TaskOutcome?)]
    )
    func anAnswerIsJudged(check: TaskCheck, answer: TaskAnswer, outcome: TaskOutcome?) throws {
        #expect(try check.outcome(of: answer, last: "120", images: [.sample(1)]) == outcome)
    }

    @Test(arguments: [
        (guardInPlace, TaskAnswer(), "answer.yes", "required"),
        (guardInPlace, TaskAnswer(yes: true, text: "x"), "answer.text", "not_asked"),
        (state, TaskAnswer(choice: "good"), "answer.choice", "not_one_of"),
        (state, TaskAnswer(number: "1"), "answer.number", "not_asked"),
        (oil, TaskAnswer(text: "80"), "answer.text", "not_asked"), (oil, TaskAnswer(), "answer.number", "required"),
        (oil, TaskAnswer(number: "1", isReset: true), "answer.isReset", "not_asked"),
        (TaskCheck(kind: .text), TaskAnswer(), "answer.text", "required"),
        (TaskCheck(kind: .text), TaskAnswer(text: "x", attachment: .sample(1)), "answer.attachment", "not_asked"),
        (TaskCheck(kind: .signature), TaskAnswer(), "answer.text", "required"),
        (TaskCheck(kind: .photo), TaskAnswer(), "answer.attachment", "required"),
        (TaskCheck(kind: .photo), TaskAnswer(attachment: .sample(2)), "answer.attachment", "no_image"),
        (hours, TaskAnswer(number: "119.9"), "answer.number", "below_last_reading"),
        (hours, TaskAnswer(isReset: true), "answer.number", "required"),
    ])
    func anAnswerOfAnotherKindIsRefused(check: TaskCheck, answer: TaskAnswer, field: String, code: String) {
        do {
            _ = try check.outcome(of: answer, last: "120", images: [.sample(1)])
            Issue.record("was accepted")
        } catch {
            guard case .wrong(let name, let rule) = error else {
                Issue.record("\(error)")
                return
            }
            #expect((name, rule.code) == (field, code))
        }
    }

    @Test(arguments: ["0", "-0", "7", "-12.5", "999999999999.999999", "0.000001"])
    func decimalsInPlainDigitsAreRead(text: String) { #expect(Quantity(text) != nil) }

    @Test(arguments: [
        "", "-", "+1", "01", "1.", ".5", "1e3", "1,5", " 1", "1 ", "0x1", "NaN", "1234567890123", "0.1234567", "١",
        "--1", "1.2.3",
    ])
    func otherTextsAreNoDecimals(text: String) { #expect(Quantity(text) == nil) }

    @Test func quantitiesAreComparedExactly() throws {
        let sorted = [
            "-2", "-1.5", "0", "0.1", "0.10", "0.100001", "2", "10", "999999999999.999998", "999999999999.999999",
        ]
        let values = try sorted.map { try #require(Quantity($0)) }
        for index in values.indices.dropFirst() { #expect(values[index - 1] <= values[index], "\(sorted[index])") }
        #expect(values[3] == values[4] && values[8] < values[9])
    }

    // MARK: - Definitions

    @Test(arguments: [
        (NewCheck(kind: .choice), "check.options", "required"),
        (NewCheck(kind: .choice, options: ["a", "a"]), "check.options", "duplicate"),
        (NewCheck(kind: .choice, options: ["a", "b"], failing: ["c"]), "check.failing", "not_an_option"),
        (NewCheck(kind: .choice, options: ["a", "b"], failing: ["b", "a"]), "check.failing", "no_option_passes"),
        (NewCheck(kind: .number, options: ["a", "b"]), "check.options", "not_of_kind"),
        (NewCheck(kind: .number, minimum: "2", maximum: "1.999999"), "check.maximum", "below_minimum"),
        (NewCheck(kind: .text, unit: "m"), "check.unit", "not_of_kind"),
        (NewCheck(kind: .yesNo, minimum: "1"), "check.minimum", "not_of_kind"),
        (NewCheck(kind: .meter, unit: "h"), "check.meter", "required"),
        (NewCheck(kind: .meter, meter: "Hours"), "check.unit", "required"),
    ])
    func aCheckThatContradictsItselfIsRefused(check: NewCheck, field: String, code: String) {
        var errors = FieldErrors()
        check.check(at: "check", &errors)
        #expect(errors.errors.map { [$0.field, $0.code] } == [[field, code]])
    }

    @Test(arguments: [
        NewCheck(kind: .yesNo), NewCheck(kind: .yesNo, passes: false),
        NewCheck(kind: .choice, options: ["a", "b"], failing: ["b"]), NewCheck(kind: .number),
        NewCheck(kind: .number, unit: "V", minimum: "1", maximum: "1.0"), NewCheck(kind: .text),
        NewCheck(kind: .meter, unit: "h", meter: "Hours"),
    ])
    func aCheckThatIsCompleteIsAccepted(check: NewCheck) {
        var errors = FieldErrors()
        check.check(at: "check", &errors)
        #expect(errors.errors.isEmpty)
    }
}
