import Commands
import Foundation
import Postgres
import TestSupport
import Testing

@testable import Money

@Suite struct MoneyTests {
    @Test(arguments: [
        "0", "0.00", "67.50", "-67.5", "999999999999999.9999", "-999999999999999.9999", "0.0001", "10", "100000",
    ])
    func readsPlainDigitsExactly(text: String) throws {
        let amount = try #require(Amount(text))
        #expect(NSDecimalNumber(decimal: amount.decimal) == NSDecimalNumber(string: text))
        #expect(Amount(amount.description) == amount)
        #expect(try JSONWriter.text([amount]) == "[\"\(amount)\"]")
    }

    @Test(arguments: [
        "", "-", ".", "1.", ".5", "+1", "01", "-01", "1e3", "1,5", " 1", "1 ", "0x1", "nan", "1.00000",
        "1000000000000000", "1.2.3", "--1", "１", "1_000",
    ])
    func refusesEverythingElse(text: String) {
        #expect(Amount(text) == nil)
        #expect(ExchangeRate(text) == nil || text == "1.00000")
    }

    @Test func zeroHasNoSign() throws {
        for text in ["-0", "-0.00"] { #expect(try #require(Amount(text)).description == "0") }
        #expect((-Amount.zero).description == "0")
        #expect(Amount("-0") == .zero)
    }

    @Test(arguments: [
        ("2.5", 0, "2"), ("3.5", 0, "4"), ("-2.5", 0, "-2"), ("0.125", 2, "0.12"), ("0.135", 2, "0.14"),
        ("0.1251", 2, "0.13"), ("1.0005", 3, "1"), ("1.0015", 3, "1.002"), ("-0.125", 2, "-0.12"),
    ])
    func roundsHalfToEven(text: String, fraction: Int, expected: String) throws {
        #expect(Amount(rounding: try #require(Amount(text)).decimal, to: fraction)?.description == expected)
    }

    /// Against whole numbers: hours and prices in ten-thousandths.
    @Test func productsAreRoundedAsWholeNumbersSayIt() throws {
        var random = Seeded(7)
        for fraction in [0, 2, 3] {
            let currency = try #require(Currency(["JPY", "", "EUR", "KWD"][fraction]))
            for _ in 0..<2000 {
                let (quantity, price) = (
                    Int.random(in: -9999...9999, using: &random), Int.random(in: 0...999_999, using: &random)
                )
                let unit = [100_000_000, 0, 1_000_000, 100_000][fraction]
                let (quotient, rest) = (quantity * price).quotientAndRemainder(dividingBy: unit)
                let isUp = abs(rest) * 2 > unit || abs(rest) * 2 == unit && quotient % 2 != 0
                let expected = quotient + (isUp ? rest.signum() : 0)
                let money = Money(ten(quantity), at: ten(price), currency)
                let scaled = Decimal(sign: .plus, exponent: -fraction, significand: Decimal(expected))
                #expect(money?.amount.decimal == scaled, "\(quantity) × \(price)")
            }
        }
    }

    private func ten(_ thousandths: Int) -> Amount {
        Amount(Decimal(sign: .plus, exponent: -4, significand: Decimal(thousandths))) ?? .zero
    }

    @Test func whatIsTooLargeIsNothing() throws {
        let largest = try #require(Amount("999999999999999.9999"))
        let one = try #require(Amount("1"))
        let euro = try #require(Currency("EUR"))
        #expect(largest.adding(one) == nil)
        #expect(Money(largest, at: largest, euro) == nil)
        #expect(Money(largest, at: one, euro) == nil)
        #expect(
            Money(largest, euro).exchanged(at: try #require(ExchangeRate("999999999.9999999999")), into: euro) == nil
        )
    }

    @Test func currenciesHaveTheirDigits() throws {
        let amount = try #require(Amount("1234.5"))
        for (code, text) in [("EUR", "1234.50 EUR"), ("JPY", "1234.5 JPY"), ("KWD", "1234.500 KWD")] {
            #expect(Money(amount, try #require(Currency(code))).description == text)
        }
        for code in ["", "eur", "XXX", "EURO", "ZZZ"] { #expect(Currency(code) == nil) }
        let yen = try #require(Currency("JPY"))
        let money = Money(amount, try #require(Currency("EUR")))
        #expect(money.exchanged(at: try #require(ExchangeRate("161.2345678901")), into: yen)?.text == "199044")
        #expect(try JSONWriter.text(money) == #"{"amount":"1234.50","currency":"EUR"}"#)
    }

    @Test func everyAmountComesBackFromPostgres() async throws {
        var random = Seeded(11)
        var texts = [
            "0", "-0.0001", "1", "10000", "0.0001", "0.1", "99999999", "100000000", "999999999999999.9999",
            "-999999999999999.9999", "10000000000", "1000.001",
        ]
        for _ in 0..<200 {
            let whole =
                Int64.random(in: 0..<1_000_000_000_000_000, using: &random) >> Int64.random(in: 0..<50, using: &random)
            texts.append("\(whole).\(Int.random(in: 1...9999, using: &random))")
        }
        let all = texts
        try await withDatabase { database in
            for text in all {
                let amount = try #require(Amount(text))
                let row = try #require(
                    try await database.first(
                        "SELECT \(amount)::text AS written, \(text)::text::numeric(19,4) AS read, \(amount) = \(text)::text::numeric AS same"
                    )
                )
                let written: String = try row["written"]
                #expect(try row["same"], "\(text) is written as \(written)")
                #expect(try row["read"] as Amount == amount, "\(text)")
            }
            let rate = try #require(ExchangeRate("0.0000385123"))
            let read = try #require(try await database.first("SELECT \(rate)::numeric(19,10) AS rate"))
            #expect(try read["rate"] as ExchangeRate == rate)
            for wrong in ["'NaN'::numeric", "'infinity'::numeric"] {
                let row = try #require(try await database.first("SELECT \(sql: SQL(stringLiteral: wrong)) AS value"))
                #expect(throws: PostgresError.self, "\(wrong)") { try row["value"] as Decimal }
            }
        }
    }

    private struct Price: Input {
        var price: Amount
        var currency: Currency

        static let rules: Rules = [
            "price": .amount(Amount.zero...(Amount("100") ?? .zero), example: "67.50"), "currency": .currency,
        ]
    }

    @Test(arguments: [
        (#"{"price":"67.50","currency":"EUR"}"#, nil), (#"{"price":"100.01","currency":"EUR"}"#, "not_an_amount"),
        (#"{"price":"-1","currency":"EUR"}"#, "not_an_amount"), (#"{"price":67.5,"currency":"EUR"}"#, "not_text"),
        (#"{"price":"67.50","currency":"EUX"}"#, "not_a_currency"),
    ])
    func fieldsAreChecked(json: String, code: String?) throws {
        let reader = try InputReader<Price>()
        do {
            let price = try reader.read(Array(json.utf8))
            #expect(code == nil && price.price == Amount("67.5"))
        } catch let error as InvalidInput {
            #expect(error.errors.map(\.code) == [code])
        }
    }
}
