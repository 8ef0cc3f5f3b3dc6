/// A day of the proleptic Gregorian calendar, which is the calendar of RFC 3339, of Avro's readers and of PostgreSQL.
///
/// Integer arithmetic only: no calendar object, no locale, no time zone, and the same answer for every year. The algorithm is
/// Howard Hinnant's (["chrono-Compatible Low-Level Date Algorithms"](https://howardhinnant.github.io/date_algorithms.html)):
/// years begin in March, so that a leap day is the last one of its year, and 400 years are an era of 146,097 days.
struct CalendarDay: Hashable {
    var year: Int
    /// 1 to 12.
    var month: Int
    /// 1 to 31.
    var day: Int

    /// - Returns: `nil` for a day that the month does not have, such as 30 February.
    init?(year: Int, month: Int, day: Int) {
        guard (1...12).contains(month), (1...Self.length(of: month, in: year)).contains(day) else { return nil }
        self.year = year
        self.month = month
        self.day = day
    }

    /// The day so many days after 1970-01-01.
    init(daysSince1970: Int) {
        let days = daysSince1970 + Self.daysBefore1970
        let (era, dayOfEra) = days.dividedDown(by: Self.daysOfAnEra)
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    var daysSince1970: Int {
        let yearFromMarch = month <= 2 ? year - 1 : year
        let (era, yearOfEra) = yearFromMarch.dividedDown(by: 400)
        let monthFromMarch = month > 2 ? month - 3 : month + 9
        let dayOfYear = (153 * monthFromMarch + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * Self.daysOfAnEra + dayOfEra - Self.daysBefore1970
    }

    private static let daysOfAnEra = 146_097
    /// From 0000-03-01, where the first era begins.
    private static let daysBefore1970 = 719_468

    private static func length(of month: Int, in year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }
}

extension BinaryInteger {
    /// Quotient and remainder with the remainder never negative, as times before 1970 need it.
    func dividedDown(by divisor: Self) -> (quotient: Self, remainder: Self) {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}
