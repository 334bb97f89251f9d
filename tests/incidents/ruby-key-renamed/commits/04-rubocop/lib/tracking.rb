# frozen_string_literal: true

require_relative "tracking/carrier"
require_relative "tracking/page"
