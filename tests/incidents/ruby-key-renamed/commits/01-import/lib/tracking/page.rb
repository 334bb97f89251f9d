# frozen_string_literal: true

module Tracking
  # The status page of one parcel, newest scan first.
  class Page
    def initialize(carrier)
      @carrier = carrier
    end

    def render(parcel)
      events = @carrier.events(parcel).sort_by(&:at).reverse
      lines = events.map { |event| line(event) }
      ["Parcel #{parcel}", *lines].join("\n")
    end

    private

    def line(event)
      "#{event.at.strftime('%d.%m. %H:%M')}  #{event.place.upcase}  #{event.status}"
    end
  end
end
