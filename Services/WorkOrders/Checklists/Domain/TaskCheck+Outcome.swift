import Commands
import EventSchema
import Foundation
import Identifiers

extension TaskCheck {
    static let maximumOptions = 20
    /// Characters (Unicode scalars) of an option.
    static let maximumOption = 100
    static let maximumUnit = 20
    static let maximumMeter = 64
    /// Characters of an answer in words.
    static let maximumText = 2000

    /// What an answer says: it passes, it fails, or neither because no answer to this check fails.
    ///
    /// - Parameter last: What the meter showed when it was read before.
    /// - Parameter images: The images among the files of the work order that its id was given for.
    /// - Throws: ``Refusal`` that names the member of the answer that is missing, or wrong.
    func outcome(of answer: TaskAnswer, last: String?, images: [AttachmentID]) throws(Refusal) -> TaskOutcome? {
        for (name, isGiven) in answer.given where isGiven && !kind.asksFor.contains(name) {
            throw .wrong("answer.\(name)", .notAsked(kind))
        }
        switch kind {
        case .yesNo:
            guard let yes = answer.yes else { throw .wrong("answer.yes", .required) }
            return passes.map { $0 == yes ? .passed : .failed }
        case .choice:
            guard let choice = answer.choice else { throw .wrong("answer.choice", .required) }
            guard options.contains(choice) else { throw .wrong("answer.choice", .oneOf(options)) }
            return failing.isEmpty ? nil : failing.contains(choice) ? .failed : .passed
        case .number:
            guard let number = answer.number.flatMap(Quantity.init) else { throw .wrong("answer.number", .required) }
            let (low, high) = (minimum.flatMap(Quantity.init), maximum.flatMap(Quantity.init))
            guard low != nil || high != nil else { return nil }
            return number < low ?? number || number > high ?? number ? .failed : .passed
        case .text, .signature:
            guard answer.text != nil else { throw .wrong("answer.text", .required) }
            return nil
        case .meter:
            guard let number = answer.number.flatMap(Quantity.init) else { throw .wrong("answer.number", .required) }
            if answer.isReset != true, let last, let before = Quantity(last), number < before {
                throw .wrong("answer.number", .belowLastReading(last))
            }
            return nil
        case .photo:
            guard let image = answer.attachment else { throw .wrong("answer.attachment", .required) }
            guard images.contains(image) else { throw .wrong("answer.attachment", .noImage) }
            return nil
        // Of a newer version: this one can't judge it.
        case .unknown: throw .wrong("answer", .notAsked(kind))
        }
    }

    /// What passes, in words, for the description of a follow-up; `nil` where nothing is demanded.
    var demand: String? {
        switch kind {
        case .yesNo: passes.map { $0 ? "yes" : "no" }
        case .choice: options.filter { !failing.contains($0) }.joined(separator: ", ")
        case .number:
            switch (minimum, maximum) {
            case (let low?, let high?): "from \(low) to \(withUnit(high))"
            case (let low?, nil): "at least \(withUnit(low))"
            case (nil, let high?): "at most \(withUnit(high))"
            case (nil, nil): nil
            }
        case .text, .meter, .photo, .signature, .unknown: nil
        }
    }

    /// An answer in words.
    func words(_ answer: TaskAnswer) -> String {
        switch kind {
        case .yesNo: answer.yes == true ? "yes" : "no"
        case .choice: answer.choice ?? ""
        case .photo: answer.attachment?.description ?? ""
        case .number, .meter: withUnit(answer.number ?? "")
        case .text, .signature, .unknown: answer.text ?? ""
        }
    }

    private func withUnit(_ number: String) -> String { unit.map { "\(number) \($0)" } ?? number }
}

extension TaskCheckKind {
    /// The members of an answer to it.
    fileprivate var asksFor: [String] {
        switch self {
        case .yesNo: ["yes"]
        case .choice: ["choice"]
        case .number: ["number"]
        case .text, .signature: ["text"]
        case .photo: ["attachment"]
        case .meter: ["number", "isReset"]
        case .unknown: []
        }
    }
}

extension TaskAnswer {
    fileprivate var given: [(String, Bool)] {
        [
            ("yes", yes != nil), ("choice", choice != nil), ("number", number != nil), ("text", text != nil),
            ("isReset", isReset != nil), ("attachment", attachment != nil),
        ]
    }
}

extension FieldRule {
    fileprivate static func notAsked(_ kind: TaskCheckKind) -> FieldRule {
        FieldRule(
            code: "not_asked",
            "is not what a check of the kind \(kind.rawValue) asks for",
            ["kind": kind.rawValue]
        )
    }

    fileprivate static let noImage = FieldRule(
        problem: "no_image",
        "must be an image among the files of the work order"
    )

    fileprivate static func belowLastReading(_ last: String) -> FieldRule {
        FieldRule(code: "below_last_reading", "must not be below the last reading, \(last)", ["last": last])
    }
}
