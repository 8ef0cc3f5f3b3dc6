import Commands
import EventSchema
import Identifiers

/// What a task asks for when it is done, as somebody defines it. Each kind has its own members.
struct NewCheck: Input, Hashable {
    var kind: TaskCheckKind
    var passes: Bool?
    var options: [String]?
    var failing: [String]?
    var unit: String?
    var minimum: String?
    var maximum: String?
    var meter: String?

    static let rules: Rules = [
        "kind": .means(
            """
            What is asked for: yes or no, one of some options, a number with a unit, a text, or the reading of a meter, which does not \
            fall
            """
        ),
        "passes": .means("Of `yes_no`: the answer that passes; without it, both do"),
        "options": .items(2...TaskCheck.maximumOptions, each: .line(1...TaskCheck.maximumOption)).means(
            "Of `choice`: what can be chosen"
        ).example(["Good", "Worn", "Broken"]),
        "failing": .items(0...TaskCheck.maximumOptions - 1, each: .line(1...TaskCheck.maximumOption)).means(
            "Of `choice`: those of the options that fail"
        ).example(["Broken"]),
        "unit": .line(1...TaskCheck.maximumUnit).means("Of `number` and `meter`: the unit of the value").example("°C"),
        "minimum": Rule.decimal.means("Of `number`: the lowest value that passes"),
        "maximum": Rule.decimal.means("Of `number`: the highest value that passes"),
        "meter": .line(1...TaskCheck.maximumMeter).means(
            "Of `meter`: which meter of the asset is read; its readings are compared over all work orders"
        ).example("Operating hours"),
    ]

    /// As it is kept.
    var check: TaskCheck {
        TaskCheck(
            kind: kind,
            passes: passes,
            options: options ?? [],
            failing: failing ?? [],
            unit: unit,
            minimum: minimum,
            maximum: maximum,
            meter: meter
        )
    }

    /// Notes what does not fit together, at the place of the check in its input.
    func check(at place: String, _ errors: inout FieldErrors) {
        let given = [
            ("passes", passes != nil), ("options", options != nil), ("failing", failing != nil), ("unit", unit != nil),
            ("minimum", minimum != nil), ("maximum", maximum != nil), ("meter", meter != nil),
        ]
        for (name, isGiven) in given where isGiven && !kind.members.contains(name) {
            errors.add("\(place).\(name)", .notOfKind(kind))
        }
        for name in kind.required where !given.contains(where: { $0.0 == name && $0.1 }) {
            errors.add("\(place).\(name)", .required)
        }
        let options = options ?? []
        errors.require(
            Set(options).count == options.count,
            "\(place).options",
            .duplicate("must not have an option twice")
        )
        errors.require(Set(failing ?? []).isSubset(of: options), "\(place).failing", .notAnOption)
        errors.require(
            options.isEmpty || Set(failing ?? []).count < options.count,
            "\(place).failing",
            .noOptionPasses
        )
        if let low = minimum.flatMap(Quantity.init), let high = maximum.flatMap(Quantity.init) {
            errors.require(low <= high, "\(place).maximum", .belowMinimum)
        }
    }
}

/// An answer to a task's check: the one member that its kind asks for.
struct NewAnswer: Input, Hashable {
    var yes: Bool?
    var choice: String?
    var number: String?
    var text: String?
    var isReset: Bool?
    var attachment: AttachmentID?

    static let rules: Rules = [
        "yes": .means("To `yes_no`"),
        "choice": .line(1...TaskCheck.maximumOption).means("To `choice`: one of its options"),
        "number": Rule.decimal.means("To `number` and `meter`: the value in the unit of the check"),
        "text": .text(1...TaskCheck.maximumText).means(
            "To `text`; to `signature`: the name of who signs"
        ),
        "isReset": .means("To `meter`: true if it was exchanged or set back, so that it shows less than before"),
        "attachment": .means("To `photo`: an image among the files of the work order"),
    ]

    /// As it is kept.
    var answer: TaskAnswer {
        TaskAnswer(
            yes: yes,
            choice: choice,
            number: number,
            text: text,
            isReset: isReset == true ? true : nil,
            attachment: attachment
        )
    }
}

extension TaskCheckKind {
    /// The members that belong to it.
    fileprivate var members: [String] {
        switch self {
        case .yesNo: ["passes"]
        case .choice: ["options", "failing"]
        case .number: ["unit", "minimum", "maximum"]
        case .meter: ["meter", "unit"]
        case .text, .photo, .signature, .unknown: []
        }
    }

    fileprivate var required: [String] {
        switch self {
        case .choice: ["options"]
        case .meter: ["meter", "unit"]
        case .yesNo, .number, .text, .photo, .signature, .unknown: []
        }
    }
}

extension FieldRule {
    fileprivate static func notOfKind(_ kind: TaskCheckKind) -> FieldRule {
        FieldRule(code: "not_of_kind", "does not belong to the kind \(kind.rawValue)", ["kind": kind.rawValue])
    }

    fileprivate static let notAnOption = FieldRule(code: "not_an_option", "must have only options")
    fileprivate static let noOptionPasses = FieldRule(code: "no_option_passes", "must leave an option that passes")
    fileprivate static let belowMinimum = FieldRule(code: "below_minimum", "must not be below minimum")
}
