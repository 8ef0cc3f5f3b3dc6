import EventSchema
import Foundation
import Testing

@testable import Edge

/// Files in the format in which they were published.
@Suite struct MeasurementsTests {
    private static let solar = """
        measured_on,inv2_ac_power_w__1047,inv2_temp__1050,inv2_dc_voltage__1048,inv2_dc_current__1049,\
        inv2_dc_power__1135,ambient_temp__1053,module_temp__1056,poa_irradiance__1055,wind_speed__1051
        """
    private static let wind = "Wind_turbine_name,Date_time,P_avg,Ws_avg,Ot_avg,Ba_avg,Ya_avg"

    @Test func solarRowsAreReadInLocalTimeAndConvertedToTheTagsUnits() throws {
        let text = Self.solar + "\n1/2/2011 0:15,1500,21.5,,2,3000,-4,nan,0,x\n12/31/2010 23:45,500,,,,,,,,\n"
        let readings = try Measurements.read(text, as: .nrelRSF2)
        // 23:45 and 0:15 at UTC-7, the older one first, and watts converted to kilowatts. Empty and invalid cells give no reading.
        let (first, second) = (Int64(1_293_864_300_000_000), Int64(1_293_952_500_000_000))
        let found = readings.map { "\($0.timestamp) \($0.asset) \($0.tag) \($0.value)" }
        #expect(
            found == [
                "\(first) INV-2 ac_power 0.5", "\(second) INV-2 ac_power 1.5",
                "\(second) INV-2 ambient_temperature -4.0",
                "\(second) INV-2 dc_current 2.0", "\(second) INV-2 dc_power 3.0",
                "\(second) INV-2 inverter_temperature 21.5", "\(second) INV-2 poa_irradiance 0.0",
            ]
        )
        #expect(readings.allSatisfy { $0.quality == .good })
    }

    @Test func windRowsAreReadWithTheirTurbineAndUTCOffset() throws {
        let text =
            Self.wind + "\r\nR80711,2013-01-01T01:10:00+01:00,642.7,7.1,4.7,-1,181\r\n"
            + "R80721,2013-01-01T01:00:00+01:00,,6,,,\r\n"
        let readings = try Measurements.read(text, as: .laHauteBorne)
        #expect(readings.map(\.asset) == ["R80721"] + Array(repeating: "R80711", count: 5))
        #expect(readings.first?.timestamp == 1_356_998_400_000_000)
        #expect(readings.last?.timestamp == 1_356_999_000_000_000)
        #expect(readings.first { $0.tag == "active_power" }?.value == 642.7)
    }

    @Test(arguments: [
        ("", "empty"), ("a,b\n", "no column"), (solar + "\nyesterday,1\n", "yesterday is not a time"),
    ])
    func anInvalidFileIsRefusedWithTheReason(text: String, reason: String) {
        let error = #expect(throws: Measurements.Malformed.self) { try Measurements.read(text, as: .nrelRSF2) }
        #expect(error?.description.contains(reason) == true)
    }

    @Test func aWindRowWithoutATimeIsRefused() {
        #expect(throws: Measurements.Malformed.self) {
            try Measurements.read(Self.wind + "\nR80711,soon,1,2,3,4,5\n", as: .laHauteBorne)
        }
    }
}
