// Rules that many inputs have. Their texts for people are in Shared/Localization, `rules.<code>`.

extension FieldRule {
    /// It must be there.
    public static let required = required("is required")

    /// It must be there, under a condition that the message tells.
    public static func required(_ message: String) -> FieldRule { FieldRule(code: "required", message) }

    /// The request has no such field.
    public static let unknownField = FieldRule(code: "unknown_field", "is not a field of this request")
    /// The route has no such parameter.
    public static let unknownParameter = FieldRule(code: "unknown_parameter", "is not a parameter of this route")
    /// It came several times.
    public static let repeated = FieldRule(code: "repeated", "must be given once")
    /// It can't be read, for a reason that only its reader knows.
    public static func unreadable(_ message: String) -> FieldRule { FieldRule(code: "unreadable", message) }
    /// It is of another kind, which its reader does not tell.
    public static let wrongType = FieldRule(code: "wrong_type", "has the wrong type")
    /// It is null and can't be.
    public static let null = null("must not be null")
    static func null(_ message: String) -> FieldRule { FieldRule(code: "null", message) }
}

// MARK: - Kinds of values

extension FieldRule {
    public static let text = FieldRule(code: "not_text", "must be a string")
    public static let truth = FieldRule(code: "not_true_or_false", "must be true or false")
    public static let number = FieldRule(code: "not_a_number", "must be a number")
    public static let wholeNumber = FieldRule(code: "not_a_whole_number", "must be a whole number")
    public static let list = FieldRule(code: "not_a_list", "must be a list")
    public static let object = FieldRule(code: "not_an_object", "must be an object")
    public static let uuid = FieldRule(code: "not_a_uuid", "must be a UUID")
    /// A point in time, in RFC 3339.
    public static let instant = FieldRule(code: "not_a_time", "must be a time such as 2026-06-01T12:00:00Z")

    /// One of some words.
    public static func oneOf(_ words: [String]) -> FieldRule {
        let allowed = words.joined(separator: ", ")
        return FieldRule(code: "not_one_of", "must be one of \(allowed)", ["allowed": allowed])
    }
}

// MARK: - Sizes

extension FieldRule {
    /// How many characters a text has, in Unicode scalars.
    public static func length(_ range: ClosedRange<Int>) -> FieldRule {
        range.lowerBound == 0
            ? FieldRule(
                code: "too_long",
                "must have at most \(range.upperBound) characters",
                ["maximum": "\(range.upperBound)"]
            )
            : FieldRule(
                code: "wrong_length",
                "must have \(range.lowerBound) to \(range.upperBound) characters",
                ["minimum": "\(range.lowerBound)", "maximum": "\(range.upperBound)"]
            )
    }

    /// How many elements a list has.
    public static func count(_ range: ClosedRange<Int>) -> FieldRule {
        range.lowerBound == 0
            ? FieldRule(
                code: "too_many",
                "must have at most \(range.upperBound) elements",
                ["maximum": "\(range.upperBound)"]
            )
            : FieldRule(
                code: "wrong_count",
                "must have \(range.lowerBound) to \(range.upperBound) elements",
                ["minimum": "\(range.lowerBound)", "maximum": "\(range.upperBound)"]
            )
    }

    /// How large it may be, as JSON.
    public static func size(_ bytes: Int) -> FieldRule {
        FieldRule(code: "too_many_bytes", "must be at most \(bytes) bytes", ["maximum": "\(bytes)"])
    }

    /// A number's bounds. A bound that a 64-bit number can't pass anyway is none.
    public static func range(_ range: ClosedRange<Int64>) -> FieldRule {
        Self.range(
            range.lowerBound == .min ? nil : "\(range.lowerBound)",
            range.upperBound == .max ? nil : "\(range.upperBound)"
        )
    }

    static func range(_ minimum: String?, _ maximum: String?) -> FieldRule {
        switch (minimum, maximum) {
        case (let minimum?, let maximum?):
            FieldRule(
                code: "out_of_range",
                "must be from \(minimum) to \(maximum)",
                ["minimum": minimum, "maximum": maximum]
            )
        case (let minimum?, nil): FieldRule(code: "too_small", "must be at least \(minimum)", ["minimum": minimum])
        case (nil, let maximum?): FieldRule(code: "too_large", "must be at most \(maximum)", ["maximum": maximum])
        case (nil, nil): wholeNumber
        }
    }
}

// MARK: - Texts

extension FieldRule {
    /// A text that has nothing that can be seen.
    public static let blank = FieldRule(code: "blank", "must not be blank")
    /// A text of only visible ASCII characters and spaces.
    public static let visibleASCII = FieldRule(code: "not_visible_ascii", "must have only visible ASCII characters")

    /// A character that the text can't have.
    static func character(_ scalar: Unicode.Scalar) -> FieldRule {
        let digits = String(scalar.value, radix: 16, uppercase: true)
        let name = "U+\(String(repeating: "0", count: max(0, 4 - digits.count)))\(digits)"
        return FieldRule(code: "forbidden_character", "must not contain \(name)", ["character": name])
    }
}

// MARK: - Fields together

extension FieldRule {
    /// A time that must be later than the one of another field.
    public static func after(_ other: String) -> FieldRule {
        FieldRule(code: "not_after", "must be after \(other)", ["other": other])
    }

    /// A number that must be greater than the one of another field.
    public static func above(_ other: String) -> FieldRule {
        FieldRule(code: "not_above", "must be above \(other)", ["other": other])
    }

    /// A value that must be another one than that of another field.
    public static func differs(from other: String) -> FieldRule {
        FieldRule(code: "same_as_other", "must differ from \(other)", ["other": other])
    }

    /// Two fields that are given, or left out, together.
    public static func goesWith(_ other: String, _ message: String) -> FieldRule {
        FieldRule(code: "only_with_other", message, ["other": other])
    }

    /// Exactly one of several fields is given; the first one of them is where it is told.
    public static func oneField(_ fields: [String], _ message: String) -> FieldRule {
        FieldRule(code: "one_of_fields", message, ["fields": fields.joined(separator: ", ")])
    }

    /// A list that has the same twice.
    ///
    /// - Parameter message: `must not have a skill twice`.
    public static func duplicate(_ message: String) -> FieldRule { FieldRule(code: "duplicate", message) }
}

// MARK: - Times and places in a list

extension FieldRule {
    /// The end of something that begins now.
    public static let future = FieldRule(code: "not_in_future", "must end in the future")

    /// A time from now on, but not too far away.
    ///
    /// - Parameter words: The time in English: `two years`.
    public static func within(days: Int, _ words: String) -> FieldRule {
        FieldRule(
            code: "not_within_days",
            "must be in the future, and at most \(words) from now",
            ["maximum": "\(days)"]
        )
    }

    /// A cursor that no answer has given.
    public static let cursor = FieldRule(code: "unknown_cursor", "is not valid")
}
