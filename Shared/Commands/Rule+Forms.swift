import Foundation

extension Rule {
    /// A short name that can be a level of an MQTT topic: 1 to 64 letters, digits, `_` and `-`, the first one a letter or a digit.
    public static let code = form(
        1...64,
        pattern: "^[A-Za-z0-9][A-Za-z0-9_-]*$",
        FieldRule(
            code: "not_a_code",
            "must have 1 to 64 letters, digits, _ or -, and begin with a letter or digit"
        ),
        example: "INV-07"
    ) { isCode($0, allowsDots: false) }

    /// A tag's name: a ``code`` that may also have dots in it.
    public static let tag = form(
        1...64,
        pattern: "^[A-Za-z0-9][A-Za-z0-9_.-]*$",
        FieldRule(
            code: "not_a_tag",
            "must have 1 to 64 letters, digits, _, - or ., and begin with a letter or digit"
        ),
        example: "inverter_temperature"
    ) { isCode($0, allowsDots: true) }

    /// An IANA time zone.
    public static let timeZone = form(
        1...64,
        FieldRule(code: "not_a_time_zone", "must be an IANA time zone, such as Europe/Paris"),
        example: "Europe/Paris"
    ) { TimeZone(identifier: $0) != nil }

    /// A time of day, to the minute.
    public static let timeOfDay = form(
        5...5,
        pattern: "^([01][0-9]|2[0-3]):[0-5][0-9]$",
        FieldRule(code: "not_a_time_of_day", "must be a time of day, such as 08:00"),
        example: "08:00"
    ) { isTimeOfDay(Array($0.utf8)) }

    private static func isTimeOfDay(_ text: [UInt8]) -> Bool {
        let (zero, nine) = (UInt8(ascii: "0"), UInt8(ascii: "9"))
        guard text.count == 5, text[2] == UInt8(ascii: ":"),
            [0, 1, 3, 4].allSatisfy({ (zero...nine).contains(text[$0]) })
        else { return false }
        return (text[0], text[1]) <= (UInt8(ascii: "2"), UInt8(ascii: "3")) && text[3] <= UInt8(ascii: "5")
    }

    private static func isCode(_ text: String, allowsDots: Bool) -> Bool {
        text.utf8.enumerated().allSatisfy { index, byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                true
            case UInt8(ascii: "_"), UInt8(ascii: "-"): index > 0
            case UInt8(ascii: "."): index > 0 && allowsDots
            default: false
            }
        }
    }
}

extension Rule {
    /// An e-mail address.
    public static let email = form(
        3...254,
        format: "email",
        FieldRule(code: "not_an_email", "must be an e-mail address"),
        example: "anna@sunfield.example"
    ) { $0.isEmailAddress }

    /// A phone number in E.164 form.
    public static let phone = form(
        8...16,
        pattern: "^\\+[1-9][0-9]{6,14}$",
        FieldRule(code: "not_a_phone_number", "must be in E.164 form, such as +4930123456"),
        example: "+4930123456"
    ) { $0.isE164 }
}
